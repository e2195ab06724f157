import { describe, expect, test } from "bun:test";
import { seal } from "../../../api/serve.bun-seal.ts";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import { createCipher } from "../../../shared/encryption.ts";
import { Busy } from "../../../shared/group.ts";
import type { Admission, Idempotency, Refusal } from "../../../shared/notification/admission.ts";
import { createAdmit } from "../../../shared/notification/admit.ts";
import { keptResponseOf } from "../../../shared/notification/idempotency-keys.ts";
import type { KeyType } from "../../../shared/service/service.ts";
import { countQueries } from "../../bench/query-counter.ts";
import { admission, cipher, noon, openAdmit, serviceId, stored, testKeys } from "../../support/admissions.ts";
import { until } from "../../support/until.ts";

const same = "ab".repeat(32);
const different = "cd".repeat(32);

function keyed(over: Partial<Idempotency> = {}, rest: Partial<Admission> = {}): Admission {
  return admission({
    idempotency: { key: "key-1", fingerprint: same, response: "first\n", ...over },
    ...rest,
  });
}

/** One whose content was refused: it only asks whether its key is known. */
const refused = (over: Partial<Idempotency> = {}, rest: Partial<Admission> = {}) =>
  keyed({ response: null, ...over }, { notification: null, ...rest });

const keysIn = async (sql: Pool) => (await sql`select from idempotency_keys`).length;

describe("a request whose key is known", () => {
  test("gets the first answer and stores nothing", async () => {
    await using world = await openAdmit();

    const first = await world.admit(keyed());
    const second = await world.admit(keyed({ response: "second\n" }));
    const third = await world.admit(keyed({ response: "third\n" }));

    expect([first, second, third]).toEqual([null, { response: "first\n" }, { response: "first\n" }]);
    expect(await stored(world.sql)).toEqual({ notifications: 1, jobs: 1 });
  });

  test("gets it though its content would be refused by now", async () => {
    await using world = await openAdmit();
    await world.admit(keyed());

    expect(await world.admit(refused())).toEqual({ response: "first\n" });
  });

  test("is told so where it is another request", async () => {
    await using world = await openAdmit();
    await world.admit(keyed());

    expect(await world.admit(keyed({ fingerprint: different }))).toBe("other");
    expect(await world.admit(refused({ fingerprint: different }))).toBe("other");
    expect(await world.admit(keyed())).toEqual({ response: "first\n" });
    expect(await stored(world.sql)).toEqual({ notifications: 1, jobs: 1 });
  });

  test("is not held against the day's limits, nor counted", async () => {
    await using world = await openAdmit();
    const abroad = { countsAsInternational: true, dailyLimit: 1, internationalLimit: 1 };
    await world.admit(keyed({}, abroad));

    const again = [await world.admit(keyed({}, abroad)), await world.admit(refused({}, abroad))];
    const other = await world.admit(keyed({ fingerprint: different }, abroad));
    const unknown = await world.admit(keyed({ key: "key-2" }, abroad));

    expect(again).toEqual([{ response: "first\n" }, { response: "first\n" }]);
    expect(other).toBe("other");
    expect(unknown).toBe("daily");
    const [counted] = await world.sql`select sms::int, international_sms::int from service_counters`;
    expect(counted).toEqual({ sms: 1, international_sms: 1 });
  });

  test("takes a token of the rate limit, which comes first", async () => {
    await using world = await openAdmit();
    // Capacity 4: a burst of 3.
    const one = () => world.admit(keyed({}, { rateLimit: 9 }));

    expect([await one(), await one(), await one(), await one()]).toEqual([
      null,
      { response: "first\n" },
      { response: "first\n" },
      "rate",
    ]);
  });

  test("finds one of the same group", async () => {
    // Encrypts in place, so that requests come to the group in the order they are made in.
    await using world = await openAdmit({ cipher: await createCipher(testKeys, { seal }) });

    const answers = await Promise.all([
      world.admit(keyed()),
      world.admit(keyed({ response: "second\n" })),
      world.admit(keyed({ fingerprint: different })),
      world.admit(keyed({ key: "key-2", response: "other\n" })),
      world.admit(keyed({ key: "key-2", response: "another\n" })),
    ]);

    expect(answers).toEqual([null, { response: "first\n" }, "other", null, { response: "other\n" }]);
    expect(await stored(world.sql)).toEqual({ notifications: 2, jobs: 2 });
  });

  test("finds the one of its service in a group of many", async () => {
    await using world = await openAdmit({ cipher: await createCipher(testKeys, { seal }) });
    const services = Array.from({ length: 8 }, () => crypto.randomUUID());
    const ask = (service: string, keyType: KeyType, response: string) =>
      world.admit(keyed({ response }, { serviceId: service, keyType }));
    const each = services.flatMap((service) =>
      (["normal", "team", "test"] as const).map((keyType) => ({ service, keyType })),
    );

    const firsts = each.map(({ service, keyType }) => ask(service, keyType, `${service} ${keyType}`));
    const seconds = each.map(({ service, keyType }) => ask(service, keyType, "second"));

    expect(await Promise.all(firsts)).toEqual(each.map(() => null));
    expect(await Promise.all(seconds)).toEqual(
      each.map(({ service, keyType }) => ({ response: `${service} ${keyType}` })),
    );
  });

  test("finds the answer to one of which nothing was stored", async () => {
    await using world = await openAdmit();
    const simulated = () => world.admit(keyed({}, { notification: null }));

    expect([await simulated(), await simulated()]).toEqual([null, { response: "first\n" }]);
  });
});

describe("a key is another", () => {
  test.each<[string, Partial<Idempotency>, Partial<Admission>]>([
    ["for another service", {}, { serviceId: crypto.randomUUID() }],
    ["for another type of API key", {}, { keyType: "team" }],
    ["for a test key", {}, { keyType: "test" }],
    ["in other letters", { key: "KEY-1" }, {}],
    ["with more at its end", { key: "key-1." }, {}],
  ])("%s", async (_what, over, rest) => {
    await using world = await openAdmit();
    await world.admit(keyed());

    expect(await world.admit(keyed({ ...over, response: "other\n" }, rest))).toBeNull();
    expect(await world.admit(keyed())).toEqual({ response: "first\n" });
    expect(await world.admit(keyed(over, rest))).toEqual({ response: "other\n" });
  });

  test.each([
    ["a day later", 24 * 3_600_000, null],
    ["not a millisecond before", 24 * 3_600_000 - 1, { response: "first\n" }],
    ["not on a machine whose clock is behind", -60_000, { response: "first\n" }],
  ])("%s", async (_when, ms, expected) => {
    let at = noon;
    await using world = await openAdmit({ now: () => at });
    await world.admit(keyed());

    at = new Date(noon.getTime() + ms);
    const later = await world.admit(keyed({ fingerprint: same, response: "later\n" }));
    const again = await world.admit(keyed());

    expect(later).toEqual(expected);
    expect(again).toEqual(expected ?? { response: "later\n" });
    expect(await keysIn(world.sql)).toBe(1);
  });
});

describe("no key is left by a request", () => {
  test.each<[string, Admission, unknown]>([
    ["over the rate limit", keyed({}, { rateLimit: 0 }), "rate"],
    ["over the day's limit", keyed({}, { dailyLimit: 0 }), "daily"],
    [
      "over the international limit",
      keyed({}, { countsAsInternational: true, internationalLimit: 0 }),
      "international",
    ],
    ["refused for its content", refused(), null],
  ])("%s", async (_what, first, refusal) => {
    await using world = await openAdmit();

    expect(await world.admit(first)).toBe(refusal as never);
    expect(await keysIn(world.sql)).toBe(0);
    // Another service's tokens where those of the first are used up.
    const mended = { serviceId: crypto.randomUUID() };
    expect(await world.admit(keyed({ fingerprint: different }, mended))).toBeNull();
  });

  test("that was rolled back, while its group is written without it", async () => {
    await using world = await openAdmit();
    const bad = keyed({ key: "bad" });
    if (bad.notification) bad.notification.clientReference = "nul \u0000";
    const group = [keyed({ key: "good" }), bad, admission()];

    const results = await Promise.allSettled(group.map((one) => world.admit(one)));

    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    const rows = await world.sql<{ key: string }[]>`select key from idempotency_keys`;
    expect([...rows]).toEqual([{ key: "good" }]);
    expect(await world.admit(keyed({ key: "bad" }))).toBeNull();
  });
});

describe("a kept answer", () => {
  test("is encrypted, bound to its service, key type and key", async () => {
    await using world = await openAdmit();
    await world.admit(keyed({ response: '{"content":"Hello Ada"}\n' }));

    const [row] = await world.sql`select * from idempotency_keys`;

    expect(row).toMatchObject({ service_id: serviceId, key_type: "normal", key: "key-1", created_at: noon });
    expect(row?.fingerprint.toString("hex")).toBe(same);
    expect(row?.response).not.toContain("Ada");
    expect(await cipher.decrypt(row?.response, keptResponseOf(serviceId, "normal", "key-1"))).toBe(
      '{"content":"Hello Ada"}\n',
    );
    await expect(cipher.decrypt(row?.response, keptResponseOf(serviceId, "team", "key-1"))).rejects.toThrow();
  });

  test("may be as long as an email", async () => {
    await using world = await openAdmit();
    const response = `${"\\u00e9 ".repeat(400_000)}\n`;
    await world.admit(keyed({ response }));

    expect(await world.admit(keyed())).toEqual({ response });
  });

  test.each(["'", '"', "\\", "$1", "--", "%s", ":", "k.AAAA", "~".repeat(255)])(
    "is found under any visible characters: %s",
    async (key) => {
      await using world = await openAdmit();
      await world.admit(keyed({ key }));

      expect(await world.admit(keyed({ key }))).toEqual({ response: "first\n" });
    },
  );
});

test("a key costs no statement more, be it new or known", async () => {
  await using world = await openAdmit();
  using counter = countQueries(world.url);
  await using sql = closing(counter.url);
  const admit = createAdmit({ sql: sql.pool, cipher, now: () => noon, timeoutMs: 10_000, files: null });
  await admit(admission());
  const counts: number[] = [];

  for (const one of [admission(), keyed(), keyed(), refused({ fingerprint: different })]) {
    const before = counter.count();
    await admit(one);
    counts.push(counter.count() - before);
  }

  expect(counts).toEqual([1, 1, 1, 1]);
});

describe("of requests with one key", () => {
  test("that reach two processes at once, one is stored", async () => {
    await using world = await openAdmit();
    await using other = closing(world.url);
    const admits = [
      world.admit,
      createAdmit({ sql: other.pool, cipher, now: () => noon, timeoutMs: 10_000, files: null }),
    ];
    const keys = Array.from({ length: 150 }, (_, n) => `key-${n}`);

    const answers = await Promise.all(
      keys.flatMap((key) =>
        // In turn, so that groups of both hold the same keys.
        admits.map((admit, process) => admit(keyed({ key, response: `${process}\n` }, { rateLimit: 6000 }))),
      ),
    );

    const firsts = answers.filter((answer) => answer === null);
    expect(firsts).toHaveLength(keys.length);
    expect(await stored(world.sql)).toEqual({ notifications: keys.length, jobs: keys.length });
    for (const [n] of keys.entries()) {
      const pair = answers.slice(2 * n, 2 * n + 2);
      // The second has the answer of the first.
      expect(pair).toContainEqual({ response: `${pair.indexOf(null)}\n` });
    }
  });

  test("of which the first still hangs when it has been given up, one is stored", async () => {
    await using world = await openAdmit();
    await world.admit(admission());
    await using lock = closing(world.url);
    const hasty = createAdmit({ sql: world.sql, cipher, now: () => noon, timeoutMs: 100, files: null });
    // Postgres lets those who wait for a row in by turns, but promises nobody which.
    const either: Refusal[] = [null, { response: "first\n" }];

    const { firstError, again } = await lock.pool.begin(async (holder) => {
      await holder`select from service_counters for update`;
      const failure = await hasty(keyed()).catch((error: unknown) => error);
      const repeated = world.admit(keyed({ response: "second\n" }));
      await until(async () => (await waiting(lock.pool)) === 2, "both wait for the lock");
      return { firstError: failure, again: repeated.then((answer) => ({ answer })) };
    });
    const { answer } = await again;

    expect(firstError).toBeInstanceOf(Busy);
    expect(either).toContainEqual(answer);
    await until(async () => (await waiting(lock.pool)) === 0, "nobody waits");
    expect(await stored(world.sql)).toEqual({ notifications: 2, jobs: 2 });
    expect(await keysIn(world.sql)).toBe(1);
  });

  test("of which the first dies with its connection, the second is stored", async () => {
    await using world = await openAdmit();
    await world.admit(admission());
    await using lock = closing(world.url);

    const failure = await lock.pool.begin(async (holder) => {
      await holder`select from service_counters for update`;
      const first = world.admit(keyed()).catch((error: unknown) => error);
      await until(async () => (await waiting(lock.pool)) === 1, "it waits for the lock");
      await holder`
        select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'
          and datname = current_database()`;
      return { error: await first };
    });
    const second = await world.admit(keyed({ response: "second\n" }));

    expect(failure.error).toBeInstanceOf(Error);
    expect(second).toBeNull();
    expect(await stored(world.sql)).toEqual({ notifications: 2, jobs: 2 });
  });

  test("of which the first was committed but its answer lost, the second gets what it would have been", async () => {
    await using world = await openAdmit();
    await using proxy = openProxy(world.url);
    await using through = closing(proxy.url);
    const admit = createAdmit({ sql: through.pool, cipher, now: () => noon, timeoutMs: 10_000, files: null });
    await admit(admission());

    proxy.loseAnswers();
    const failure = await admit(keyed()).catch((error: unknown) => error);
    const before = await stored(world.sql);
    const second = await admit(keyed({ response: "second\n" }));

    expect(failure).toBeInstanceOf(Error);
    expect(before).toEqual({ notifications: 2, jobs: 2 });
    expect(second).toEqual({ response: "first\n" });
    expect(await stored(world.sql)).toEqual({ notifications: 2, jobs: 2 });
  });
});

/** How many statements wait for a lock. */
async function waiting(sql: Pool): Promise<number> {
  const rows = await sql`
    select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  return rows.length;
}

function closing(url: string) {
  const pool = openDatabase(url, { name: "other", connections: 3, statementTimeoutMs: 30_000 });
  return { pool, [Symbol.asyncDispose]: () => pool.end({ timeout: 1 }) };
}

/** Stands between a pool and Postgres. */
function openProxy(databaseUrl: string) {
  const target = new URL(databaseUrl);
  let losing = false;
  const servers = new Map<Bun.Socket, Promise<Bun.Socket>>();
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(client) {
        const server = Bun.connect({
          hostname: target.hostname,
          port: Number(target.port),
          socket: {
            data(_, bytes) {
              if (losing) client.terminate();
              else client.write(bytes);
              losing = false;
            },
          },
        });
        servers.set(client, server);
      },
      async data(client, bytes) {
        // Bun may use the bytes again once this has awaited.
        const copy = Buffer.from(bytes);
        (await servers.get(client))?.write(copy);
      },
      async close(client) {
        (await servers.get(client))?.end();
      },
    },
  });
  const url = new URL(databaseUrl);
  url.port = String(listener.port);
  return {
    url: url.href,
    /** Cuts the connection in place of the next bytes that come back. */
    loseAnswers() {
      losing = true;
    },
    async [Symbol.asyncDispose]() {
      listener.stop(true);
    },
  };
}
