import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type Slowness, slowOfAll, slowProviders } from "../../../shared/provider/slowness.ts";
import {
  countSlowMinute,
  countSlowness,
  listProviderFigures,
  readSlowness,
  storeSlowness,
} from "../../../shared/provider/slowness-queries.ts";
import type { NotificationFacts } from "../../support/notifications.ts";
import { openWorld, type World } from "../../support/world.ts";

function figures(name: string, slow: number, total: number): Slowness[] {
  return [
    { name, minutes: 1, slow: total, total },
    { name, minutes: 5, slow, total },
    { name, minutes: 10, slow: 0, total },
  ];
}

describe("a provider is slow", () => {
  test.each<[slow: number, total: number, isSlow: boolean]>([
    [0, 0, false],
    [0, 10, false],
    [1, 1, true],
    [3, 20, true],
    [14, 100, false],
    [15, 100, true],
    [149_999, 1_000_000, false],
    [150_000, 1_000_000, true],
  ])("if %d of %d took five minutes: %p", (slow, total, isSlow) => {
    expect(slowProviders([...figures("mmg", slow, total), ...figures("firetext", 0, 5)]).has("mmg")).toBe(
      isSlow,
    );
  });
});

describe("too many are slow", () => {
  test.each<[slow: number, total: number, otherSlow: number, otherTotal: number, isTooMany: boolean]>([
    [0, 0, 0, 0, false],
    [10, 100, 0, 0, true],
    [10, 50, 0, 51, false],
    [10, 50, 0, 50, true],
    [0, 10, 5, 5, true],
  ])("of %d of %d and %d of %d: %p", (slow, total, otherSlow, otherTotal, isTooMany) => {
    const all = [...figures("mmg", slow, total), ...figures("firetext", otherSlow, otherTotal)];

    expect(slowOfAll(all)).toEqual({ slow: slow + otherSlow, total: total + otherTotal, isTooMany });
  });
});

describe("in the database", () => {
  let world: World;

  beforeAll(async () => {
    world = await openWorld({ worker: false });
  });

  beforeEach(async () => {
    await world.sql`delete from notifications`;
    await world.sql`delete from provider_delivery`;
    await world.sql`delete from slow_delivery`;
  });

  afterAll(() => world[Symbol.asyncDispose]());

  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
  type Counted = [total: number, slow1: number, slow5: number, slow10: number];

  const cases: [what: string, facts: NotificationFacts, deliveredAfter: number | null, counted: Counted][] = [
    ["delivered at once", { status: "delivered", sentAt: ago(700) }, 1, [1, 0, 0, 0]],
    ["delivered in less than a minute", { status: "delivered", sentAt: ago(700) }, 59.9, [1, 0, 0, 0]],
    ["delivered in a minute", { status: "delivered", sentAt: ago(700) }, 60, [1, 1, 0, 0]],
    ["delivered in less than five", { status: "delivered", sentAt: ago(700) }, 299.9, [1, 1, 0, 0]],
    ["delivered in five", { status: "delivered", sentAt: ago(700) }, 300, [1, 1, 1, 0]],
    ["delivered in ten", { status: "delivered", sentAt: ago(700) }, 600, [1, 1, 1, 1]],
    ["sending since a moment", { status: "sending", sentAt: ago(5) }, null, [1, 0, 0, 0]],
    ["sending since two minutes", { status: "sending", sentAt: ago(120) }, null, [1, 1, 0, 0]],
    ["sending since five minutes", { status: "sending", sentAt: ago(301) }, null, [1, 1, 1, 0]],
    ["waiting for the handset", { status: "pending", sentAt: ago(601) }, 1, [1, 1, 1, 1]],
    ["of a team key", { status: "sending", sentAt: ago(5), keyType: "team" }, null, [1, 0, 0, 0]],
    ["of a test key", { status: "sending", sentAt: ago(601), keyType: "test" }, null, [0, 0, 0, 0]],
    ["sent abroad", { status: "sent", sentAt: ago(601) }, null, [0, 0, 0, 0]],
    ["failed for good", { status: "permanent-failure", sentAt: ago(700) }, 601, [0, 0, 0, 0]],
    ["failed for now", { status: "temporary-failure", sentAt: ago(700) }, 601, [0, 0, 0, 0]],
    ["failed for our sake", { status: "technical-failure", sentAt: ago(700) }, 601, [0, 0, 0, 0]],
    ["not sent yet", { status: "created" }, null, [0, 0, 0, 0]],
    ["heard of before it was noted as sent", { status: "delivered", sentAt: null }, null, [0, 0, 0, 0]],
    [
      "asked for too long ago",
      { status: "sending", sentAt: ago(5), createdAt: ago(901) },
      null,
      [0, 0, 0, 0],
    ],
    [
      "an email",
      { status: "sending", sentAt: ago(601), channel: "email", sentBy: "mmg" },
      null,
      [0, 0, 0, 0],
    ],
  ];

  test.each(cases)(
    "counts a text %s",
    async (_what, facts, deliveredAfter, [total, slow1, slow5, slow10]) => {
      const id = await world.notification({ createdAt: ago(710), ...facts });
      await world.sql`
      update notifications set updated_at = sent_at + ${deliveredAfter}::float8 * interval '1s' where id = ${id}`;

      const counted = await countSlowness(world.sql);

      expect(counted.filter(({ name }) => name === "mmg")).toEqual([
        { name: "mmg", minutes: 1, slow: slow1, total },
        { name: "mmg", minutes: 5, slow: slow5, total },
        { name: "mmg", minutes: 10, slow: slow10, total },
      ]);
    },
  );

  test("counts each provider's own, none for those without traffic", async () => {
    for (let n = 0; n < 3; n++)
      await world.notification({ status: "sending", sentAt: ago(400), sentBy: "mmg" });
    await world.notification({ status: "sending", sentAt: ago(400), sentBy: "firetext" });
    await world.notification({ status: "sending", sentAt: ago(400), sentBy: "gone" });

    const counted = await countSlowness(world.sql);

    expect(counted.filter(({ minutes }) => minutes === 5)).toEqual([
      { name: "firetext", minutes: 5, slow: 1, total: 1 },
      { name: "mmg", minutes: 5, slow: 3, total: 3 },
      { name: "sns", minutes: 5, slow: 0, total: 0 },
    ]);
  });

  test("keeps the last figures, as long as they say something", async () => {
    await storeSlowness(world.sql, figures("mmg", 1, 4));
    await storeSlowness(world.sql, figures("mmg", 3, 4));
    const young = await readSlowness(world.sql, 120);
    await world.sql`update provider_delivery set counted_at = now() - interval '4 minutes'`;

    expect(young).toContainEqual({ name: "mmg", minutes: 5, slow: 3, total: 4 });
    expect(young).toHaveLength(3);
    expect([...(await readSlowness(world.sql, 120))]).toEqual([]);
    expect((await listProviderFigures(world.sql)).every(({ slowShares }) => slowShares.length === 0)).toBe(
      true,
    );
  });

  test("shows shares beside priorities to those who watch", async () => {
    await storeSlowness(world.sql, [...figures("mmg", 1, 4), ...figures("firetext", 0, 0)]);

    const shown = await listProviderFigures(world.sql);

    const common = { channel: "sms", active: true, updatedAt: null };
    expect(shown).toContainEqual({
      ...common,
      name: "mmg",
      priority: 51,
      slowShares: [
        { minutes: 1, share: 1 },
        { minutes: 5, share: 0.25 },
        { minutes: 10, share: 0 },
      ],
    });
    expect(shown.find(({ name }) => name === "firetext")?.slowShares).toContainEqual({
      minutes: 1,
      share: 0,
    });
    expect(shown).toContainEqual({ ...common, name: "ses", channel: "email", priority: 100, slowShares: [] });
  });

  test("counts minutes in a row, each once, and begins anew after a good one", async () => {
    const at = (minute: number) => new Date(Date.UTC(2026, 7, 5, 12, minute)).toISOString();
    const count = (minute: number, isTooMany: boolean) =>
      countSlowMinute(world.sql, { dueAt: at(minute), isTooMany });

    const counts: (number | null)[] = [];
    for (const [minute, isTooMany] of [
      [0, false],
      [1, true],
      [2, true],
      [2, true],
      [1, false],
      [3, true],
      [4, false],
      [5, true],
    ] as const) {
      counts.push(await count(minute, isTooMany));
    }
    const together = await Promise.all([count(6, true), count(6, true), count(6, true)]);

    expect(counts).toEqual([0, 1, 2, null, null, 3, 0, 1]);
    expect(together.filter((minutes) => minutes !== null)).toEqual([2]);
  });
});
