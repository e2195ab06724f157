import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { openDatabase } from "../../../shared/database.ts";
import type { Status } from "../../../shared/notification/notification.ts";
import { allServices, countMinutes } from "../../../shared/overview/count-traffic.ts";
import { openQueueWorld, type QueueWorld } from "../../support/queue.ts";
import {
  countedUntil,
  emptyTraffic,
  type Happened,
  keptSteps,
  storeHappened,
} from "../../support/traffic.ts";

let world: QueueWorld;

beforeAll(async () => {
  world = await openQueueWorld();
});

beforeEach(() => emptyTraffic(world.sql));

afterAll(() => world[Symbol.asyncDispose]());

const minuteMs = 60_000;
const [a, b] = ["aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"];
const on = (time: string) => new Date(`2026-03-10T${time}Z`);
const later = (at: Date, ms: number) => new Date(at.getTime() + ms);

/** Until no minute is left. */
async function countAll(at: Date, sql = world.sql): Promise<void> {
  for (let n = 0; n < 200; n++) if ((await countMinutes(sql, at)).isDone) return;
  throw new Error("Counting does not end");
}

describe("counting", () => {
  test("puts what happened at the very beginning of a minute in it, and what happened before in the one before", async () => {
    await countedUntil(world.sql, on("12:00:00"));
    await storeHappened(world.sql, [
      { serviceId: a, createdAt: on("12:00:59.999") },
      { serviceId: a, createdAt: on("12:01:00.000"), sentAt: on("12:01:59.999") },
      {
        serviceId: a,
        createdAt: on("12:01:59.999"),
        sentAt: on("12:02:00.000"),
        updatedAt: on("12:03:00.000"),
        status: "delivered",
      },
    ]);

    await countAll(on("12:03:59.999"));
    const unfinished = await keptSteps(world.sql, 60);
    await countAll(on("12:04:00"));

    const ofA = (line: string) => line.includes(a);
    expect(unfinished.filter(ofA)).toEqual([
      `03-10 12:00 ${a} sms 1 0 0 0`,
      `03-10 12:01 ${a} sms 2 1 0 0`,
      `03-10 12:02 ${a} sms 0 1 0 0`,
    ]);
    expect((await keptSteps(world.sql, 60)).filter(ofA)).toEqual([
      ...unfinished.filter(ofA),
      `03-10 12:03 ${a} sms 0 0 1 0`,
    ]);
  });

  test("keeps services, channels and test keys apart, and sums services up", async () => {
    await countedUntil(world.sql, on("12:00:00"));
    const createdAt = on("12:00:10");
    await storeHappened(world.sql, [
      { serviceId: a, createdAt },
      { serviceId: a, createdAt, keyType: "team" },
      { serviceId: a, createdAt, keyType: "test" },
      { serviceId: a, createdAt, channel: "email" },
      { serviceId: b, createdAt },
    ]);

    await countAll(on("12:01:00"));

    expect(await keptSteps(world.sql, 60)).toEqual(
      [
        `03-10 12:00 ${allServices} email 1 0 0 0`,
        `03-10 12:00 ${allServices} sms 3 0 0 0`,
        `03-10 12:00 ${allServices} sms test 1 0 0 0`,
        `03-10 12:00 ${a} email 1 0 0 0`,
        `03-10 12:00 ${a} sms 2 0 0 0`,
        `03-10 12:00 ${a} sms test 1 0 0 0`,
        `03-10 12:00 ${b} sms 1 0 0 0`,
      ].sort(),
    );
  });

  test.each([
    ["delivered", "1 0"],
    ["failed", "0 1"],
    ["technical-failure", "0 1"],
    ["temporary-failure", "0 1"],
    ["permanent-failure", "0 1"],
    ["validation-failed", "0 1"],
    ["virus-scan-failed", "0 1"],
    ["sending", "0 0"],
    ["sent", "0 0"],
    ["pending", "0 0"],
    ["cancelled", "0 0"],
    ["returned-letter", "0 0"],
  ] satisfies [Status, string][])("takes %s for %s of delivered and failed", async (status, counts) => {
    await countedUntil(world.sql, on("12:00:00"));
    const at = on("12:00:10");
    await storeHappened(world.sql, [{ serviceId: a, createdAt: at, sentAt: at, updatedAt: at, status }]);

    await countAll(on("12:01:00"));

    expect(await keptSteps(world.sql, 60)).toContain(`03-10 12:00 ${a} sms 1 1 ${counts}`);
  });

  test("finds what happened to messages that are days old", async () => {
    await countedUntil(world.sql, on("12:00:00"));
    const createdAt = later(on("12:00:00"), -72 * 60 * minuteMs);
    await storeHappened(world.sql, [
      {
        serviceId: a,
        createdAt,
        sentAt: createdAt,
        updatedAt: on("12:00:30"),
        status: "temporary-failure",
      },
    ]);

    await countAll(on("12:01:00"));

    expect(await keptSteps(world.sql, 60)).toContain(`03-10 12:00 ${a} sms 0 0 0 1`);
  });

  test("counts a minute again a minute later, and takes away what is no longer so", async () => {
    const id = crypto.randomUUID();
    await countedUntil(world.sql, on("12:00:00"));
    const failed: Happened = {
      serviceId: a,
      createdAt: on("12:00:05"),
      sentAt: on("12:00:06"),
      updatedAt: on("12:01:10"),
      status: "temporary-failure",
    };
    await storeHappened(world.sql, [{ ...failed, id }]);
    await countAll(on("12:02:00"));

    await storeHappened(world.sql, [{ ...failed, id, updatedAt: on("12:02:20"), status: "delivered" }]);
    await countAll(on("12:03:00"));

    expect((await keptSteps(world.sql, 60)).filter((line) => line.includes(a))).toEqual([
      `03-10 12:00 ${a} sms 1 1 0 0`,
      `03-10 12:02 ${a} sms 0 0 1 0`,
    ]);
    expect((await keptSteps(world.sql, 300)).filter((line) => line.includes(a))).toEqual([
      `03-10 12:00 ${a} sms 1 1 1 0`,
    ]);
  });

  test("says which minutes it counted: ten at once after a gap, of a day at most", async () => {
    await countedUntil(world.sql, on("12:00:00"));
    const next = await countMinutes(world.sql, on("12:30:30"));
    await countedUntil(world.sql, "2026-01-01T00:00:00Z");
    const first = await countMinutes(world.sql, on("12:30:30"));

    expect(next).toEqual({ from: on("11:59:00"), to: on("12:10:00"), isDone: false });
    expect(first).toEqual({
      from: new Date("2026-03-09T12:29:00Z"),
      to: new Date("2026-03-09T12:40:00Z"),
      isDone: false,
    });
  });

  test("counts again what the last run counted, though that was a gap of minutes", async () => {
    await countedUntil(world.sql, on("12:00:00"));
    await countMinutes(world.sql, on("12:05:00"));
    await countMinutes(world.sql, on("12:05:10"));

    const { from, to } = await countMinutes(world.sql, on("12:06:00"));
    const after = await countMinutes(world.sql, on("12:07:00"));

    expect({ from, to }).toEqual({ from: on("12:00:00"), to: on("12:06:00") });
    expect(after.from).toEqual(on("12:05:00"));
  });

  test("does not believe a clock that is ahead of the database's", async () => {
    await countedUntil(world.sql, "2199-12-31T23:00:00Z");

    const { to } = await countMinutes(world.sql, new Date("2200-01-01T00:00:00Z"));

    expect(to.getTime()).toBeLessThan(Date.parse("2199-01-01T00:00:00Z"));
  });
});

const statuses: readonly Status[] = [
  "sending",
  "delivered",
  "permanent-failure",
  "temporary-failure",
  "sent",
];
const channels = ["sms", "email", "letter"] as const;
const keyTypes = ["normal", "normal", "team", "test"] as const;

/** Always the same numbers, from 0 up to 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

interface Life extends Required<Happened> {
  id: string;
}

/** Messages of an hour and a half, each with all that ever happens to it. */
function livesFrom(start: Date, random: () => number): Life[] {
  const pick = <T>(from: readonly T[]) => from[Math.floor(random() * from.length)] as T;
  return Array.from({ length: 600 }, () => {
    const createdAt = later(start, random() * 90 * minuteMs);
    const isSent = random() < 0.9;
    const sentAt = isSent ? later(createdAt, random() ** 4 * 20 * minuteMs) : null;
    const status = isSent ? pick(statuses) : "created";
    return {
      id: crypto.randomUUID(),
      serviceId: pick([a, b]),
      channel: pick(channels),
      keyType: pick(keyTypes),
      createdAt,
      sentAt,
      sentBy: isSent ? pick(["mmg", "firetext", "ses"]) : null,
      status,
      updatedAt: sentAt && (status === "sending" ? sentAt : later(sentAt, random() * 30 * minuteMs)),
    };
  });
}

/** A life as its row is at an instant; null before it began. */
function asOf(life: Life, at: Date): Life | null {
  if (life.createdAt > at) return null;
  if (!life.sentAt || life.sentAt > at) {
    return { ...life, status: "created", sentAt: null, sentBy: null, updatedAt: null };
  }
  if (life.updatedAt && life.updatedAt > at) return { ...life, status: "sending", updatedAt: life.sentAt };
  return life;
}

/** What must be kept, counted one by one. */
function bruteCount(lives: readonly Life[], stepSeconds: number, until: Date): string[] {
  const steps = new Map<string, [number, number, number, number]>();
  const count = (life: Life, at: Date | null, place: 0 | 1 | 2 | 3) => {
    if (!at || at >= until) return;
    const began = new Date(Math.floor(at.getTime() / 1000 / stepSeconds) * stepSeconds * 1000);
    const time = began.toISOString().slice(5, 16).replace("T", " ");
    for (const service of [life.serviceId, allServices]) {
      const key = [time, service, life.channel, ...(life.keyType === "test" ? ["test"] : [])].join(" ");
      const counts = steps.get(key) ?? [0, 0, 0, 0];
      counts[place] += 1;
      steps.set(key, counts);
    }
  };
  for (const life of lives) {
    count(life, life.createdAt, 0);
    count(life, life.sentAt, 1);
    if (life.status === "delivered") count(life, life.updatedAt, 2);
    if (life.status.endsWith("-failure")) count(life, life.updatedAt, 3);
  }
  return [...steps].map(([key, counts]) => `${key} ${counts.join(" ")}`).sort();
}

describe("what is kept", () => {
  test.each([1, 2])("is what a brute count finds, however workers and clocks behave (%i)", async (seed) => {
    const random = numbers(seed);
    const start = on("22:30:00");
    const lives = livesFrom(start, random);
    const others = [1, 2].map(() =>
      openDatabase(world.url, { name: "other", connections: 1, statementTimeoutMs: 30_000 }),
    );
    await countedUntil(world.sql, start);

    // A step of the clock: what happened is there up to a minute late.
    let at = start;
    for (let minute = 1; minute <= 150; minute += 1 + Math.floor(random() * 4)) {
      at = later(start, minute * minuteMs + random() * 30_000);
      const seen = later(at, -random() * 59_000);
      await storeHappened(
        world.sql,
        lives.flatMap((life) => asOf(life, seen) ?? []),
      );
      const luck = random();
      // Nobody counts: a gap.
      if (luck < 0.2) continue;
      // Three workers at once, of which one's clock is ahead and one's behind; or one, twice.
      if (luck < 0.5) {
        const clocks = [at, later(at, 2 * minuteMs), later(at, -20 * minuteMs)];
        await Promise.all([world.sql, ...others].map((sql, n) => countMinutes(sql, clocks[n] ?? at)));
      } else {
        await countMinutes(world.sql, at);
        await countMinutes(world.sql, at);
      }
    }
    await storeHappened(world.sql, lives);
    await countAll(later(at, 30 * minuteMs));
    await Promise.all(others.map((sql) => sql.end()));

    const until = later(at, 30 * minuteMs);
    for (const step of [60, 300, 900, 3600, 14_400]) {
      expect(await keptSteps(world.sql, step)).toEqual(bruteCount(lives, step, until));
    }
  });
});
