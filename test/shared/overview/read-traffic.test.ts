import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { countMinutes } from "../../../shared/overview/count-traffic.ts";
import { readDeliveryTimes } from "../../../shared/overview/delivery-times.ts";
import { ranges } from "../../../shared/overview/range.ts";
import { readTraffic } from "../../../shared/overview/traffic.ts";
import { openQueueWorld, type QueueWorld } from "../../support/queue.ts";
import { countedUntil, emptyTraffic, type Happened, storeHappened } from "../../support/traffic.ts";

let world: QueueWorld;

beforeAll(async () => {
  world = await openQueueWorld();
});

beforeEach(() => emptyTraffic(world.sql));

afterAll(() => world[Symbol.asyncDispose]());

const [a, b] = ["aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"];
const on = (time: string) => new Date(`2026-03-10T${time}Z`);
const at = on("12:05:30");

/** Counts the last minutes before `at` once they are stored. */
async function count(facts: readonly Happened[]): Promise<void> {
  await storeHappened(world.sql, facts);
  await countedUntil(world.sql, on("12:00:00"));
  await countMinutes(world.sql, at);
}

const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one, 0);

describe("traffic", () => {
  test("has each channel's counts in their steps, of one service or of all", async () => {
    await count([
      { serviceId: a, createdAt: on("12:01:10"), sentAt: on("12:02:10") },
      { serviceId: a, createdAt: on("12:04:59"), channel: "email" },
      { serviceId: b, createdAt: on("12:01:20"), status: "permanent-failure", updatedAt: on("12:04:00") },
    ]);

    const ofAll = await readTraffic(world.sql, { serviceId: null, range: "1h", keys: "live", at });
    const ofB = await readTraffic(world.sql, { serviceId: b, range: "1h", keys: "live", at });

    const step = ofAll.times.indexOf(on("12:01:00").getTime() / 1000);
    const [texts, emails, letters] = ofAll.channels;
    expect(ofAll.channels.map(({ channel }) => channel)).toEqual(["sms", "email", "letter"]);
    expect(texts?.accepted.slice(step)).toEqual([2, 0, 0, 0]);
    expect(texts?.sent.slice(step)).toEqual([0, 1, 0, 0]);
    expect(texts?.failed.slice(step)).toEqual([0, 0, 0, 1]);
    expect(emails?.accepted.slice(step)).toEqual([0, 0, 0, 1]);
    expect(letters?.accepted).toEqual(ofAll.times.map(() => 0));
    expect(ofB.channels[0]?.accepted.slice(step)).toEqual([1, 0, 0, 0]);
    expect(sum(ofB.channels[0]?.sent ?? [])).toBe(0);
    expect(ofAll.countedUntil).toEqual(on("12:05:00"));
  });

  test("is the same in all ranges, each with one count for each of its times", async () => {
    await count([
      {
        serviceId: a,
        createdAt: on("12:01:10"),
        sentAt: on("12:02:10"),
        updatedAt: on("12:03:00"),
        status: "delivered",
      },
      { serviceId: a, createdAt: on("12:04:10") },
    ]);

    for (const range of ranges) {
      const { times, channels } = await readTraffic(world.sql, { serviceId: a, range, keys: "live", at });
      const [texts] = channels;
      const { accepted = [], sent = [], delivered = [], failed = [] } = texts ?? {};
      expect([accepted, sent, delivered, failed].map(sum)).toEqual([2, 1, 1, 0]);
      expect([accepted, sent, delivered, failed].map(({ length }) => length)).toEqual(
        Array(4).fill(times.length),
      );
    }
  });

  test("keeps what test keys sent apart", async () => {
    await count([
      { serviceId: a, createdAt: on("12:01:10") },
      { serviceId: a, createdAt: on("12:01:10"), keyType: "test" },
      { serviceId: a, createdAt: on("12:02:10"), keyType: "test" },
    ]);

    const accepted = async (keys: "live" | "test") => {
      const { channels } = await readTraffic(world.sql, { serviceId: a, range: "1h", keys, at });
      return sum(channels[0]?.accepted ?? []);
    };

    expect([await accepted("live"), await accepted("test")]).toEqual([1, 2]);
  });

  test("is nothing where nothing was ever counted", async () => {
    const { channels, countedUntil } = await readTraffic(world.sql, {
      serviceId: null,
      range: "30d",
      keys: "live",
      at,
    });

    expect(
      channels.flatMap(({ accepted, failed }) => [...accepted, ...failed]).every((one) => one === 0),
    ).toBe(true);
    expect(countedUntil).toBeNull();
  });
});

describe("times from accept to provider", () => {
  const took = (seconds: number, createdAt = on("12:01:00")): Happened => ({
    serviceId: a,
    createdAt,
    sentAt: new Date(createdAt.getTime() + seconds * 1000),
  });

  test("are of what was handed over in each step, and of all of it", async () => {
    await count([
      ...Array.from({ length: 98 }, () => took(0.12)),
      took(40),
      took(90),
      { ...took(40), keyType: "test" },
      { ...took(0.12), serviceId: b, channel: "email" },
    ]);

    const { times, channels } = await readDeliveryTimes(world.sql, { serviceId: a, range: "1h", at });

    const [texts, emails] = channels;
    const step = times.indexOf(on("12:01:00").getTime() / 1000);
    const between = (value: number | null | undefined, low: number, high: number) => {
      expect(value).toBeGreaterThanOrEqual(low);
      expect(value).toBeLessThanOrEqual(high);
    };
    between(texts?.p50[step], 0.1, 0.15);
    between(texts?.p95[step], 0.1, 0.15);
    between(texts?.p99[step], 30, 60);
    between(texts?.p50[step + 1], 60, 120);
    expect(texts?.p50[step + 2]).toBeNull();
    between(texts?.overall?.p95, 0.1, 0.15);
    between(texts?.overall?.p99, 30, 60);
    expect(emails?.overall).toBeNull();
  });

  test("are the same over longer steps", async () => {
    await count([took(0.12), took(0.12, on("12:03:00")), took(0.12, on("12:03:30")), took(4)]);

    const overall = [];
    for (const range of ranges) {
      const { channels } = await readDeliveryTimes(world.sql, { serviceId: null, range, at });
      overall.push(channels[0]?.overall);
    }

    expect(overall[0]?.p99).toBeGreaterThan(3);
    expect(overall[0]?.p50).toBeLessThan(0.2);
    for (const one of overall) expect(one).toEqual(overall[0]);
  });

  test("below nothing, by clocks that differ, are the shortest", async () => {
    await count([took(-2)]);

    const { channels } = await readDeliveryTimes(world.sql, { serviceId: a, range: "1h", at });

    expect(channels[0]?.overall?.p99).toBeLessThan(0.011);
  });
});
