import { describe, expect, test } from "bun:test";
import { Busy, type GroupOptions, inGroups } from "../../shared/group.ts";

const options: GroupOptions<unknown> = {
  largest: 100,
  waiting: 1000,
  timeoutMs: 1000,
  isItemsFault: () => false,
};

describe("writing in groups", () => {
  test("what comes while a write is under way joins the next one", async () => {
    const groups: number[][] = [];
    const gate = Promise.withResolvers<void>();
    const add = inGroups<number, number>(async (items) => {
      groups.push([...items]);
      if (groups.length === 1) await gate.promise;
      return items.map((item) => item * 10);
    }, options);

    const first = add(1);
    await Promise.resolve();
    await Promise.resolve();
    const others = [add(2), add(3), add(4)];
    gate.resolve();

    expect(await Promise.all([first, ...others])).toEqual([10, 20, 30, 40]);
    expect(groups).toEqual([[1], [2, 3, 4]]);
  });

  test("no group is larger than allowed", async () => {
    const sizes: number[] = [];
    const add = inGroups<number, number>(
      async (items) => {
        sizes.push(items.length);
        return items;
      },
      { ...options, largest: 4 },
    );

    await Promise.all(Array.from({ length: 10 }, (_, n) => add(n)));

    expect(sizes).toEqual([4, 4, 2]);
  });

  test("no group is heavier than allowed, unless one item alone is", async () => {
    const groups: number[][] = [];
    const add = inGroups<number, number>(
      async (items) => {
        groups.push([...items]);
        return items;
      },
      { ...options, weight: { of: (item) => item, heaviest: 10, waiting: 1000 } },
    );

    await Promise.all([4, 4, 4, 50, 1, 9, 1].map(add));

    expect(groups).toEqual([[4, 4], [4], [50], [1, 9], [1]]);
  });

  test("what would weigh too much waiting is refused, and taken again once there is room", async () => {
    const gate = Promise.withResolvers<void>();
    const add = inGroups<number, number>(
      async (items) => {
        await gate.promise;
        return items;
      },
      { ...options, weight: { of: (item) => item, heaviest: 10, waiting: 10 } },
    );

    const first = add(10);
    await Promise.resolve();
    await Promise.resolve();
    const second = add(9);
    await expect(add(2)).rejects.toBeInstanceOf(Busy);
    gate.resolve();

    expect(await Promise.all([first, second])).toEqual([10, 9]);
    expect(await add(10)).toBe(10);
  });

  test("an item at fault fails alone", async () => {
    const add = inGroups<number, number>(
      async (items) => {
        if (items.includes(3)) throw new RangeError("three");
        return items;
      },
      { ...options, isItemsFault: (error) => error instanceof RangeError },
    );

    const results = await Promise.allSettled([1, 2, 3, 4, 5].map(add));

    expect(results.map(({ status }) => status === "fulfilled")).toEqual([true, true, false, true, true]);
  });

  test("an error that no item caused is everybody's, and the next group is written", async () => {
    let calls = 0;
    const add = inGroups<number, number>(async (items) => {
      calls++;
      if (calls === 1) throw new Error("the database is gone");
      return items;
    }, options);

    const results = await Promise.allSettled([add(1), add(2)]);

    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await add(3)).toBe(3);
    expect(calls).toBe(2);
  });

  test("a write that does not end is given up, and so is what has waited as long", async () => {
    let calls = 0;
    const add = inGroups<number, number>(
      (items) => {
        calls++;
        return calls === 1 ? new Promise(() => {}) : Promise.resolve(items);
      },
      { ...options, timeoutMs: 50 },
    );

    const first = add(1);
    await Promise.resolve();
    await Promise.resolve();
    const second = add(2);

    const results = await Promise.allSettled([first, second]);
    expect(results).toMatchObject([{ reason: expect.any(Busy) }, { reason: expect.any(Busy) }]);
    expect(await add(3)).toBe(3);
  });

  test("refuses more than may wait", async () => {
    const add = inGroups<number, number>(() => new Promise(() => {}), { ...options, waiting: 2 });
    void add(1).catch(() => {});
    await Promise.resolve();
    await Promise.resolve();
    void add(2).catch(() => {});
    void add(3).catch(() => {});

    await expect(add(4).then(() => "taken")).rejects.toThrow("Cannot take more: 2 are waiting");
  });
});
