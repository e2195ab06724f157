import { afterEach, describe, expect, jest, test } from "bun:test";
import { type CacheOptions, createCache, createValueCache } from "../../shared/cache.ts";

/** Loads that end when they are told to. */
function source() {
  const asked: string[] = [];
  const waiting: PromiseWithResolvers<string | null>[] = [];
  return {
    asked,
    load(key: string) {
      asked.push(key);
      const pending = Promise.withResolvers<string | null>();
      waiting.push(pending);
      return pending.promise;
    },
    answer: (value: string | null) => waiting.shift()?.resolve(value),
    fail: (message: string) => waiting.shift()?.reject(new Error(message)),
  };
}

/** A cache of what was asked before, at once. */
function echo({ ttlMs = 60_000, largest = 100 } = {}) {
  const asked: string[] = [];
  const cache = createCache(
    async (key) => {
      asked.push(key);
      return `${key} ${asked.length}`;
    },
    { ttlMs, largest },
  );
  return { asked, cache };
}

test.each([
  ["createCache", createCache],
  [
    "createValueCache",
    (load: (key: string) => Promise<string>, options: CacheOptions) =>
      createValueCache<string>(options)(load),
  ],
])("%s asks anew for what it is told to forget, and for nothing else", async (_name, create) => {
  const asked: string[] = [];
  const cache = create(
    async (key) => {
      asked.push(key);
      return key;
    },
    { ttlMs: 60_000, largest: 100 },
  );
  await cache("a");
  await cache("b");

  cache.forget("a");
  await cache("a");
  await cache("b");

  expect(asked).toEqual(["a", "b", "a"]);
});

describe("createCache", () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  test("asks once for each key, and remembers", async () => {
    const { asked, cache } = echo();

    const answers = [await cache("a"), await cache("b"), await cache("a")];

    expect(answers).toEqual(["a 1", "b 2", "a 1"]);
    expect(asked).toEqual(["a", "b"]);
  });

  test("remembers that there is nothing", async () => {
    const { asked, load, answer } = source();
    const cache = createCache(load, { ttlMs: 60_000, largest: 100 });
    const first = cache("a");
    answer(null);

    expect(await first).toBeNull();
    expect(await cache("a")).toBeNull();
    expect(asked).toEqual(["a"]);
  });

  test("lets all who ask while it loads share one load", async () => {
    const { asked, load, answer } = source();
    const cache = createCache(load, { ttlMs: 60_000, largest: 100 });

    const all = Array.from({ length: 50 }, () => cache("a"));
    answer("loaded");

    expect(new Set(await Promise.all(all))).toEqual(new Set(["loaded"]));
    expect(asked).toEqual(["a"]);
  });

  test("asks again when the answer is too old, counted from the asking", async () => {
    const clock = Date.now();
    jest.useFakeTimers({ now: clock });
    const { asked, cache } = echo({ ttlMs: 2000 });
    await cache("a");

    jest.advanceTimersByTime(1999);
    const fresh = await cache("a");
    jest.advanceTimersByTime(1);
    const later = await cache("a");

    expect([fresh, later]).toEqual(["a 1", "a 2"]);
    expect(asked).toEqual(["a", "a"]);
  });

  test("tells a failure to all who wait for it, and does not remember it", async () => {
    const { asked, load, answer, fail } = source();
    const cache = createCache(load, { ttlMs: 60_000, largest: 100 });
    const waiting = [cache("a"), cache("a")];

    fail("the database is away");
    const outcomes = await Promise.allSettled(waiting);
    const again = cache("a");
    answer("back");

    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await again).toBe("back");
    expect(asked).toEqual(["a", "a"]);
  });

  test("keeps a newer answer though an older load fails after it", async () => {
    jest.useFakeTimers({ now: Date.now() });
    const { asked, load, answer, fail } = source();
    const cache = createCache(load, { ttlMs: 2000, largest: 100 });
    const old = cache("a").catch(() => "failed");
    jest.advanceTimersByTime(2001);
    const fresh = cache("a");

    fail("timed out");
    answer("fresh");

    expect(await old).toBe("failed");
    expect(await fresh).toBe("fresh");
    expect(await cache("a")).toBe("fresh");
    expect(asked).toEqual(["a", "a"]);
  });

  test("keeps no more than it may, the oldest going first", async () => {
    const { asked, cache } = echo({ largest: 3 });
    for (const key of ["a", "b", "c", "d"]) await cache(key);
    asked.length = 0;

    // "d" drove out "a".
    for (const key of ["b", "c", "d", "a"]) await cache(key);

    expect(asked).toEqual(["a"]);
  });

  test("holds a key that is asked for again as the newest", async () => {
    jest.useFakeTimers({ now: Date.now() });
    const { asked, cache } = echo({ ttlMs: 2000, largest: 2 });
    await cache("a");
    await cache("b");
    jest.advanceTimersByTime(2001);
    await cache("a");
    await cache("c");
    asked.length = 0;

    await cache("a");

    expect(asked).toEqual([]);
  });
});

describe("createValueCache", () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  test("shares answers between those who load, and no load", async () => {
    const cached = createValueCache<string | null>({ ttlMs: 60_000, largest: 10 });
    const [first, second] = [source(), source()];

    const both = [cached(first.load)("a"), cached(second.load)("a")];
    expect([first.asked, second.asked]).toEqual([["a"], ["a"]]);
    second.answer("late");
    first.answer(null);
    await Promise.all(both);

    expect(await cached(source().load)("a")).toBeNull();
  });

  test("keeps an answer no longer than it is fresh from when it was asked for", async () => {
    jest.useFakeTimers();
    const cached = createValueCache<number>({ ttlMs: 2000, largest: 10 });
    let loads = 0;
    const find = cached(async () => ++loads);

    await find("a");
    jest.advanceTimersByTime(1999);
    const fresh = await find("a");
    jest.advanceTimersByTime(1);

    expect([fresh, await find("a")]).toEqual([1, 2]);
  });

  test("keeps no failure, and the newest when full", async () => {
    const asked: string[] = [];
    const find = createValueCache<string>({ ttlMs: 60_000, largest: 2 })(async (key) => {
      asked.push(key);
      if (key === "x") throw new Error("no");
      return key;
    });

    for (const key of ["x", "x", "a", "b", "c", "c", "b", "a"]) await find(key).catch(() => null);

    expect(asked).toEqual(["x", "x", "a", "b", "c", "a"]);
  });
});
