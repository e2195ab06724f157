import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  claimProbes,
  closeBreaker,
  findBreaker,
  forgetOldHealth,
  judgeCallbacks,
  suspendCallback,
  suspendUnanswered,
} from "../../../shared/callback/health.ts";
import { findCallbackTarget, removeCallback } from "../../../shared/callback/queries.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

const type = "delivery_status";
const start = new Date("2026-03-14T12:00:10Z");
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);

async function callback(): Promise<{ id: string; serviceId: string }> {
  const { id: serviceId } = await world.addService(`Service ${crypto.randomUUID()}`);
  const target = await findCallbackTarget(world.sql, serviceId, type);
  if (!target) throw new Error("Expected a callback");
  return { id: target.id, serviceId };
}

const judge = (callbackId: string, attempts: number, failures: number, at = start) =>
  judgeCallbacks(world.sql, [{ callbackId, attempts, failures }], at);

async function opened(): Promise<{ id: string; serviceId: string }> {
  const made = await callback();
  await judge(made.id, 10, 10);
  return made;
}

describe("a breaker", () => {
  /** Seconds, attempts and failures of each write; whether the last one opens it. */
  const cases: [string, [number, number, number][], boolean][] = [
    ["ten failures", [[0, 10, 10]], true],
    ["nine failures", [[0, 9, 9]], false],
    ["seven failures of ten", [[0, 10, 7]], true],
    ["six failures of ten", [[0, 10, 6]], false],
    ["139 failures of 200", [[0, 200, 139]], false],
    ["140 failures of 200", [[0, 200, 140]], true],
    ["no attempts", [[0, 0, 0]], false],
    [
      "failures of several writes together",
      [
        [0, 4, 4],
        [1, 3, 3],
        [40, 3, 3],
      ],
      true,
    ],
    [
      "failures over nearly five minutes",
      [
        [0, 5, 5],
        [289, 5, 5],
      ],
      true,
    ],
    [
      "failures of which some are older than five minutes",
      [
        [0, 5, 5],
        [330, 5, 5],
      ],
      false,
    ],
    [
      "failures of an hour ago in the same slice",
      [
        [0, 9, 9],
        [3600, 9, 9],
      ],
      false,
    ],
    [
      "many answers a while ago",
      [
        [0, 100, 0],
        [120, 20, 20],
      ],
      false,
    ],
    [
      "many answers longer ago",
      [
        [0, 100, 0],
        [420, 20, 20],
      ],
      true,
    ],
    [
      "failures before, answers now",
      [
        [0, 9, 9],
        [1, 1, 0],
      ],
      false,
    ],
  ];
  test.each(cases)("with %s: %p opens: %p", async (_name, writes, opens) => {
    const { id } = await callback();

    let last: string[] = [];
    for (const [at, attempts, failures] of writes) last = await judge(id, attempts, failures, after(at));

    expect(last).toEqual(opens ? [id] : []);
  });

  test("opens once, whichever worker's results were the last straw", async () => {
    const { id, serviceId } = await callback();

    const all = await Promise.all(Array.from({ length: 8 }, () => judge(id, 10, 10)));

    expect(all.flat()).toEqual([id]);
    expect(await findBreaker(world.sql, serviceId, type)).toEqual({ openedAt: start, probeAt: after(30) });
  });

  test("is judged for many callbacks in one go, each alone", async () => {
    const [bad, good] = [await callback(), await callback()];

    const opens = await judgeCallbacks(
      world.sql,
      [
        { callbackId: bad.id, attempts: 20, failures: 20 },
        { callbackId: good.id, attempts: 20, failures: 2 },
        { callbackId: crypto.randomUUID(), attempts: 20, failures: 20 },
      ],
      start,
    );

    expect(opens).toEqual([bad.id]);
  });

  test("closes once, and what it was opened by counts no more", async () => {
    const { id, serviceId } = await opened();

    const closed = [await closeBreaker(world.sql, id), await closeBreaker(world.sql, id)];

    expect(closed).toEqual([true, false]);
    expect(await judge(id, 1, 1, after(1))).toEqual([]);
    expect(await findBreaker(world.sql, serviceId, type)).toBeNull();
  });
});

describe("a try", () => {
  test("is one every half minute, over all who ask at once", async () => {
    const { id } = await opened();
    const ask = async (at: Date) => {
      const probe = { callbackId: id, at };
      const asked = await Promise.all(
        Array.from({ length: 5 }, () => claimProbes(world.sql, [probe, probe])),
      );
      return asked.flat().filter((may) => may).length;
    };

    expect(await ask(after(29))).toBe(0);
    expect(await ask(after(30))).toBe(1);
    expect(await ask(after(59))).toBe(0);
    expect(await ask(after(61))).toBe(1);
  });

  test("is granted to each of several receivers", async () => {
    const [one, two] = [await opened(), await opened()];

    const may = await claimProbes(world.sql, [
      { callbackId: one.id, at: after(31) },
      { callbackId: two.id, at: after(31) },
      { callbackId: one.id, at: after(31) },
      { callbackId: crypto.randomUUID(), at: after(31) },
    ]);

    expect(may).toEqual([true, true, false, false]);
  });
});

describe("a callback is suspended", () => {
  const reason = "Answered 410: gone";

  test("once, with its reason, and its breaker is gone", async () => {
    const { id, serviceId } = await opened();
    const url = (await findCallbackTarget(world.sql, serviceId, type))?.url ?? "";

    const answers = await Promise.all(
      [1, 2, 3].map(() => suspendCallback(world.sql, id, { url, at: start, reason })),
    );

    expect(answers.filter((one) => one !== null)).toEqual([{ callbackId: id, serviceId, type }]);
    expect((await findCallbackTarget(world.sql, serviceId, type))?.suspendedAt).toEqual(start);
    expect(await findBreaker(world.sql, serviceId, type)).toBeNull();
    expect(await judge(id, 20, 20)).toEqual([]);
  });

  test("not for what an address said that it has no more", async () => {
    const { id, serviceId } = await opened();
    const url = "https://old.example/callback";

    expect(await suspendCallback(world.sql, id, { url, at: start, reason })).toBeNull();

    expect((await findCallbackTarget(world.sql, serviceId, type))?.suspendedAt).toBeNull();
    expect(await findBreaker(world.sql, serviceId, type)).not.toBeNull();
  });

  test("when its receiver has been spared for five days, not a moment sooner", async () => {
    const { id, serviceId } = await opened();
    const days = (count: number) => after(count * 24 * 3600);

    const early = await suspendUnanswered(world.sql, { at: days(4.999), reason });
    const due = await suspendUnanswered(world.sql, { at: days(5), reason });
    const late = await suspendUnanswered(world.sql, { at: days(6), reason });

    expect(early.filter(({ callbackId }) => callbackId === id)).toEqual([]);
    expect(due.filter(({ callbackId }) => callbackId === id)).toEqual([{ callbackId: id, serviceId, type }]);
    expect(late.filter(({ callbackId }) => callbackId === id)).toEqual([]);
  });
});

test("nothing is kept of callbacks that were removed or long not called", async () => {
  const { id, serviceId } = await opened();
  await removeCallback(world.sql, { serviceId, type });

  await forgetOldHealth(world.sql, after(700));

  expect(await world.sql`select from callback_breakers where callback_id = ${id}`).toHaveLength(0);
  expect(await world.sql`select from callback_results where callback_id = ${id}`).toHaveLength(0);
});
