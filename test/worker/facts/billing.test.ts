import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readRateBook } from "../../../shared/billing/rate-queries.ts";
import { countDay } from "../../../shared/facts/count-day.ts";
import type { Status } from "../../../shared/notification/notification.ts";
import { billingFacts, emptyFacts, moveToHistory, text } from "../../support/facts.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(() => emptyFacts(world.sql));

afterAll(() => world[Symbol.asyncDispose]());

const types = ["sms", "email", "letter"] as const;

async function count(day: string): Promise<number> {
  const rates = await readRateBook(world.sql);
  return await countDay(world.sql, { kind: "billing", day, types, rates, signal: never }, new Date());
}

const store = (...facts: Parameters<World["notification"]>[]) =>
  Promise.all(facts.map(([one]) => world.notification(one)));

const day = "2026-07-05";
const noon = `${day}T11:00:00Z`;
const oneText = {
  ...{ day, type: "sms", provider: "mmg", multiplier: 1, rate: 0.0227, postage: "none", units: 1, sent: 1 },
};

describe("billing facts", () => {
  test("add up what is alike: fragments before their multiplier, and messages", async () => {
    const [abroad = ""] = await store(
      [text(noon, { billableUnits: 2, status: "sent" })],
      [text(noon, { billableUnits: 3 })],
      [text(noon)],
      [text(noon, { sentBy: null })],
    );
    await world.sql`update notifications set rate_multiplier = 4, international = true where id = ${abroad}`;

    expect(await count(day)).toBe(1);

    expect(await billingFacts(world.sql)).toEqual([
      { ...oneText, units: 4, sent: 2 },
      { ...oneText, units: 2, multiplier: 4 },
      { ...oneText, provider: "unknown" },
    ]);
  });

  test.each<["sms" | "email" | "letter", Status[]]>([
    ["sms", ["sending", "sent", "delivered", "pending", "temporary-failure", "permanent-failure"]],
    ["email", ["sending", "delivered", "temporary-failure", "permanent-failure"]],
    ["letter", ["sending", "delivered", "returned-letter"]],
  ])("count an %s in its billable statuses alone, and none of a test key", async (channel, billable) => {
    const all: Status[] = [
      ...([
        "created",
        "sending",
        "sent",
        "delivered",
        "pending",
        "technical-failure",
        "returned-letter",
      ] as const),
      ...(["temporary-failure", "permanent-failure", "cancelled", "validation-failed"] as const),
    ];
    await store(
      ...all.map((status): [object] => [text(noon, { channel, status })]),
      [text(noon, { channel, keyType: "test" })],
      [text(noon, { channel, keyType: "team" })],
    );

    await count(day);

    const facts = await billingFacts(world.sql);
    expect(facts.reduce((sum, { sent }) => sum + sent, 0)).toBe(billable.length + 1);
  });

  test("price a letter by postage and sheets, together where two cost the same", async () => {
    const { sql } = world;
    await sql`
      insert into letter_rates (start_date, sheet_count, rate, post_class)
      values ('2026-01-01', 1, 0.7, 'second'), ('2026-01-01', 2, 0.7, 'second'), ('2026-01-01', 3, 0.9, 'second')`;
    const letter = (billableUnits: number, postage: "first" | "second" = "second"): [object] => [
      text(noon, { channel: "letter", billableUnits, postage }),
    ];
    await store(letter(1), letter(2), letter(3), letter(4), letter(1, "first"));

    await count(day);

    const dvla = { ...oneText, type: "letter", provider: "dvla" };
    expect(await billingFacts(sql)).toEqual([
      { ...dvla, rate: 0.7, postage: "second", units: 3, sent: 2 },
      { ...dvla, rate: 0.9, postage: "second", units: 7, sent: 2 },
      { ...dvla, rate: 1.5, postage: "first" },
    ]);
  });

  test("charge nothing for emails", async () => {
    await store([text(noon, { channel: "email", billableUnits: 0 })]);

    await count(day);

    expect(await billingFacts(world.sql)).toEqual([
      { ...oneText, type: "email", provider: "ses", rate: 0, units: 0 },
    ]);
  });

  test.each([
    ["2026-07-05", "2026-07-04T23:00:00Z", "2026-07-05T22:59:59.999Z"],
    ["2026-12-05", "2026-12-05T00:00:00Z", "2026-12-05T23:59:59.999Z"],
    // 23 and 25 hours long.
    ["2026-03-29", "2026-03-29T00:00:00Z", "2026-03-29T22:59:59.999Z"],
    ["2026-10-25", "2026-10-24T23:00:00Z", "2026-10-25T23:59:59.999Z"],
  ])("of %s hold what was made on it in London: %s to %s", async (date, first, last) => {
    const around = [new Date(first).getTime() - 1, new Date(last).getTime() + 1].map((ms) => new Date(ms));
    await store([text(first)], [text(last)], ...around.map((at): [object] => [text(at.toISOString())]));

    await count(date);

    expect(await billingFacts(world.sql)).toEqual([{ ...oneText, day: date, units: 2, sent: 2 }]);
  });

  test("use the rate that was in force when the London day began", async () => {
    const { sql } = world;
    // Of 1 April, and later on that day.
    await sql`
      insert into rates (valid_from, rate)
      values ('2026-03-31T23:00:00Z', 0.03), ('2026-04-01T09:00:00Z', 0.04)`;
    await store(
      [text("2026-03-31T22:59:59Z")],
      [text("2026-03-31T23:00:00Z")],
      [text("2026-04-02T09:00:00Z")],
    );

    for (const date of ["2026-03-31", "2026-04-01", "2026-04-02"]) await count(date);

    const rates = (await billingFacts(sql)).map((fact) => [fact.day, fact.rate]);
    expect(rates).toEqual([
      ["2026-03-31", 0.0227],
      ["2026-04-01", 0.03],
      ["2026-04-02", 0.04],
    ]);
  });

  test("say which rate is missing, and leave what was counted", async () => {
    const { sql } = world;
    await store([text(noon)]);
    await count(day);

    const none = { sms: [], letters: [] };
    const again = countDay(sql, { kind: "billing", day, types, rates: none, signal: never }, new Date());

    await expect(again).rejects.toThrow("Cannot bill 2026-07-05: there is no rate of sms for it");
    expect(await billingFacts(sql)).toEqual([oneText]);
  });

  test("are replaced: what is no longer billable goes, and a provider becomes known", async () => {
    const { sql } = world;
    const [failed = "", unknown = ""] = await store(
      [text(noon)],
      [text(noon, { sentBy: null })],
      [text(noon)],
    );
    await count(day);
    await sql`update notifications set status = 'technical-failure' where id = ${failed}`;
    await sql`update notifications set sent_by = 'firetext' where id = ${unknown}`;

    await count(day);

    expect(await billingFacts(sql)).toEqual([{ ...oneText, provider: "firetext" }, oneText]);
  });

  test("go where nothing of a day is left, and other days and types stay", async () => {
    const { sql } = world;
    const [gone = ""] = await store([text(noon)], [text("2026-07-06T11:00:00Z")]);
    await count(day);
    await count("2026-07-06");
    await sql`delete from notifications where id = ${gone}`;

    expect(await count(day)).toBe(1);

    expect((await billingFacts(sql)).map((fact) => fact.day)).toEqual(["2026-07-06"]);
  });

  test("are the same of live rows and of history, and however often they are counted", async () => {
    const { sql } = world;
    const ids = await store(
      [text(noon)],
      [text(noon, { billableUnits: 2 })],
      [text(noon, { channel: "letter", postage: "first" })],
    );
    await count(day);
    const before = await billingFacts(sql);

    await moveToHistory(sql, ids.slice(1));
    await Promise.all([count(day), count(day)]);

    expect(await billingFacts(sql)).toEqual(before);
    expect(before).toHaveLength(2);
  });

  test("are counted in parts where a service sent very much", async () => {
    const { sql, service } = world;
    // Some thousands in one moment, and many more than a part holds.
    await sql`
      insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
        recipient, billable_units, created_at, sent_at, sent_by)
      select gen_random_uuid(), ${service.id}, ${service.templates.sms}, 1, 'normal', 'sms', 'delivered', '', 1,
        ${noon}::timestamptz + (n / 60000) * interval '1 hour' + (n % 7) * interval '1 ms', null, 'mmg'
      from generate_series(1, 120000) as n`;

    await count(day);

    expect(await billingFacts(sql)).toEqual([{ ...oneText, units: 120_000, sent: 120_000 }]);
  });
});
