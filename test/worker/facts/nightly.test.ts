import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { catchUpSchedules } from "../../../worker/schedules.ts";
import { maintain } from "../../../worker/tasks/maintain.ts";
import { billingFacts, emptyFacts, moveToHistory, statusFacts, text } from "../../support/facts.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await emptyFacts(world.sql);
  await world.sql`delete from task_runs`;
});

afterAll(() => world[Symbol.asyncDispose]());

async function run(task: string, dueAt: string, signal = never): Promise<string | undefined> {
  const deps = world.newDeps({ now: () => new Date(dueAt) });
  await world.sql`insert into task_runs (task, due_at) values (${task}, ${dueAt}) on conflict do nothing`;
  await maintain({ task, dueAt }, deps, signal);
  const [row] = await world.sql<{ detail: string }[]>`
    select detail from task_runs where task = ${task} and due_at = ${dueAt}`;
  return row?.detail;
}

const store = (...facts: Parameters<World["notification"]>[0][]) =>
  Promise.all(facts.map((one) => world.notification(one)));
/** Noon in London of a day of July. */
const noon = (date: number) => `2026-07-${String(date).padStart(2, "0")}T11:00:00Z`;
const night = (date: number) => `2026-07-${String(date).padStart(2, "0")}T00:15:00.000Z`;

describe.each([
  ["create-nightly-billing", billingFacts],
  ["create-nightly-notification-status", statusFacts],
] as const)("%s", (task, facts) => {
  const days = async (type: string) =>
    (await facts(world.sql)).filter((fact) => fact.type === type).map((fact) => Number(fact.day.slice(8)));

  test("counts six days of texts and emails and ten of letters, but not the day that has begun", async () => {
    const dates = Array.from({ length: 14 }, (_, at) => at + 1);
    await store(
      ...(["sms", "email", "letter"] as const).flatMap((channel) =>
        dates.map((date) => text(noon(date), { channel })),
      ),
    );

    await run(task, night(14));

    expect(await days("sms")).toEqual([8, 9, 10, 11, 12, 13]);
    expect(await days("email")).toEqual([8, 9, 10, 11, 12, 13]);
    expect(await days("letter")).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  test("goes by London's yesterday: in summer a UTC night belongs to the next", async () => {
    await store(text("2026-07-12T23:30:00Z"), text("2026-07-13T23:10:00Z"));

    await run(task, night(14));

    expect(await days("sms")).toEqual([13]);
  });

  test("sees what changed late, until it is final", async () => {
    const { sql } = world;
    const [id = ""] = await store(text(noon(8), { status: "sending" }));
    await run(task, night(9));
    await sql`update notifications set status = 'technical-failure' where id = ${id}`;

    await run(task, night(14));

    const [fact] = await facts(sql);
    expect(fact && "status" in fact ? fact.status : fact).toBe(
      task === "create-nightly-billing" ? undefined : "technical-failure",
    );
  });

  test("catches up days on which no worker ran, from what went into history too", async () => {
    const [before = "", lost = ""] = await store(
      text("2026-07-01T11:00:00Z"),
      text(noon(3)),
      text(noon(19)),
      text("2026-06-02T11:00:00Z"),
    );
    await run(task, night(2));
    await moveToHistory(world.sql, [before, lost]);

    await run(task, night(20));

    // What was sent before anything was counted stays uncounted.
    expect(await days("sms")).toEqual([1, 3, 19]);
  });

  test("counts final days no more", async () => {
    await run(task, night(2));
    for (const date of [8, 14]) await run(task, night(date));
    await store(text(noon(1)));

    await run(task, night(15));

    expect(await days("sms")).toEqual([]);
  });

  test("goes on, tried again, with the days it did not come to", async () => {
    await store(text(noon(12)), text(noon(13)));
    const first = await run(task, night(14));
    await world.sql`delete from fact_days where bst_date = '2026-07-13'`;

    const second = await run(task, night(14));

    expect(first).toBe("Counted 10 days, 2 times a service");
    expect(second).toBe("Counted 1 days, 1 times a service");
  });

  test("stops between services when its worker does", async () => {
    const stop = new AbortController();
    stop.abort(new Error("The worker is stopping"));
    await store(text(noon(13)));

    await expect(run(task, night(14), stop.signal)).rejects.toThrow("The worker is stopping");

    expect(await days("sms")).toEqual([]);
  });
});

describe("create-nightly-notification-status", () => {
  const task = "create-nightly-notification-status";

  test("counts by template, batch, key and status, live and in history; test keys never", async () => {
    const { sql } = world;
    const [batched = "", old = ""] = await store(
      text(noon(13)),
      text(noon(13)),
      text(noon(13), { keyType: "team" }),
      text(noon(13), { status: "created" }),
      text(noon(13), { keyType: "test" }),
    );
    const jobId = crypto.randomUUID();
    await sql`update notifications set job_id = ${jobId} where id = ${batched}`;
    await moveToHistory(sql, [old]);

    await run(task, night(14));

    const rows = await sql`
      select job_id as job, key_type as key, notification_status as status, notification_count::integer as count,
        template_id as template, service_id as service
      from ft_notification_status order by job_id = ${jobId}, key_type, notification_status`;
    const alike = { count: 1, template: world.service.templates.sms, service: world.service.id };
    const none = "00000000-0000-0000-0000-000000000000";
    expect([...rows]).toEqual([
      { ...alike, job: none, key: "normal", status: "created" },
      { ...alike, job: none, key: "normal", status: "delivered" },
      { ...alike, job: none, key: "team", status: "delivered" },
      { ...alike, job: jobId, key: "normal", status: "delivered" },
    ]);
  });
});

describe("create-nightly-billing", () => {
  test("counts letters by the printer's date, and lets go what is no longer so", async () => {
    const { sql } = world;
    const letter = (billableUnits: number) =>
      text(noon(10), { channel: "letter", status: "delivered", billableUnits, postage: "first" });
    const ids = await store(letter(1), letter(1), letter(2), letter(1), letter(1));
    const despatch = (from: number, to: number, date: string, how: string) => sql`
      update letters set despatched_on = ${date}, cost_threshold = ${how}
      where notification_id = any(${ids.slice(from, to)}::uuid[])`;
    await despatch(0, 3, "2026-07-13", "sorted");
    await despatch(3, 4, "2026-07-13", "unsorted");
    await moveToHistory(sql, ids.slice(0, 1));
    const found = async () => [
      ...(await sql`
        select bst_date::text as day, cost_threshold as how, rate::float8 as rate, billable_units as sheets,
          notifications_sent::integer as sent
        from ft_billing_letter_despatch order by cost_threshold, billable_units`),
    ];

    await run("create-nightly-billing", night(14));
    const first = await found();
    await despatch(0, 5, "2026-07-12", "unsorted");
    await run("create-nightly-billing", night(15));

    const day = "2026-07-13";
    expect(first).toEqual([
      { day, how: "sorted", rate: 1.5, sheets: 1, sent: 2 },
      { day, how: "sorted", rate: 1.55, sheets: 2, sent: 1 },
      { day, how: "unsorted", rate: 1.5, sheets: 1, sent: 1 },
    ]);
    expect(await found()).toEqual([
      { day: "2026-07-12", how: "unsorted", rate: 1.5, sheets: 1, sent: 4 },
      { day: "2026-07-12", how: "unsorted", rate: 1.55, sheets: 1 + 1, sent: 1 },
    ]);
  });
});

describe("update-ft-billing-for-today", () => {
  test("counts London's today so far", async () => {
    await store(text("2026-07-12T23:30:00Z"), text("2026-07-12T22:30:00Z"));

    await run("update-ft-billing-for-today", "2026-07-13T08:00:00.000Z");

    expect((await billingFacts(world.sql)).map(({ day, sent }) => [day, sent])).toEqual([["2026-07-13", 1]]);
  });
});

describe("save-daily-notification-processing-time", () => {
  const task = "save-daily-notification-processing-time";
  const times = async () => [
    ...(await world.sql`
      select bst_date::text as day, messages_total::integer as total, messages_within_10_secs::integer as "inTime"
      from ft_processing_time where messages_total > 0 order by bst_date`),
  ];

  async function sent(createdAt: string, seconds: number | null, facts = {}): Promise<string> {
    const at = new Date(createdAt);
    const sentAt = seconds === null ? null : new Date(at.getTime() + seconds * 1000);
    const id = await world.notification({ ...text(createdAt, facts), sentAt });
    await world.sql`update notifications set api_key_id = ${crypto.randomUUID()} where id = ${id}`;
    return id;
  }

  test("counts yesterday's texts and emails of the API, and those handed on within ten seconds", async () => {
    await sent(noon(13), 10);
    await sent(noon(13), 10.001);
    await sent("2026-07-12T23:00:00Z", 1, { channel: "email" });
    await sent("2026-07-13T22:59:59Z", null);
    // Not these.
    await sent("2026-07-12T22:59:59Z", 1, { keyType: "test" });
    await sent(noon(13), 1, { keyType: "test" });
    await sent(noon(13), 1, { channel: "letter" });
    await store(text(noon(13)));

    await run(task, "2026-07-14T02:00:00.000Z");

    expect(await times()).toEqual([{ day: "2026-07-13", total: 4, inTime: 2 }]);
  });

  test("counts days that were missed, from history too, and yesterday again", async () => {
    await sent(noon(12), 1);
    await moveToHistory(world.sql, [await sent(noon(9), 1)]);
    await sent(noon(7), 1);
    await run(task, "2026-07-14T02:00:00.000Z");
    await sent(noon(12), 1);
    await sent(noon(13), 1);

    await run(task, "2026-07-14T02:00:00.000Z");

    expect(await times()).toEqual([
      { day: "2026-07-09", total: 1, inTime: 1 },
      { day: "2026-07-12", total: 1, inTime: 1 },
      { day: "2026-07-13", total: 1, inTime: 1 },
    ]);
  });
});

describe("a worker that was down", () => {
  test("catches up the night's counts, and what only 1 April brings, when it starts", async () => {
    const { sql } = world;
    await sql`delete from pgboss.job`;
    await sql`
      insert into task_runs (task, due_at) values
        ('create-nightly-billing', '2026-03-30T00:15:00Z'),
        ('create-nightly-notification-status', '2026-03-30T00:30:00Z'),
        ('update-ft-billing-for-today', '2026-03-30T01:00:00Z'),
        ('save-daily-notification-processing-time', '2026-03-30T02:00:00Z'),
        ('run-populate-annual-billing', '2025-04-01T02:01:00Z')`;

    await catchUpSchedules(sql, world.log, new Date("2026-04-02T09:30:00Z"));

    const jobs = await sql`
      select data->>'task' as task, data->>'dueAt' as due from pgboss.job where name = 'maintenance' order by 2`;
    expect(jobs.map(({ task, due }) => [task, due])).toEqual([
      ["run-populate-annual-billing", "2026-04-01T02:01:00.000Z"],
      ["create-nightly-billing", "2026-04-02T00:15:00.000Z"],
      ["create-nightly-notification-status", "2026-04-02T00:30:00.000Z"],
      ["save-daily-notification-processing-time", "2026-04-02T02:00:00.000Z"],
    ]);
  });
});

describe("run-populate-annual-billing", () => {
  const task = "run-populate-annual-billing";
  const firstOfApril = "2026-04-01T02:01:00.000Z";

  const given = async (serviceId: string) => {
    const [row] = await world.sql`
      select free_sms_fragment_limit::integer as free, high_volume_service_last_year as high,
        has_custom_allowance as custom
      from annual_billing where service_id = ${serviceId} and financial_year_start = 2026`;
    return row;
  };

  const lastYear = (serviceId: string, free: number, custom: boolean) => world.sql`
    insert into annual_billing (service_id, financial_year_start, free_sms_fragment_limit, has_custom_allowance)
    values (${serviceId}, 2025, ${free}, ${custom})`;

  const used = (serviceId: string, day: string, units: number, multiplier = 1) => world.sql`
    insert into ft_billing (bst_date, template_id, service_id, notification_type, provider, rate_multiplier,
      international, rate, postage, billable_units, notifications_sent)
    values (${day}, ${serviceId}, ${serviceId}, 'sms', 'mmg', ${multiplier}, false, 0.02, 'none', ${units}, 1)`;

  test("gives the default, or what was arranged last year, or nothing to who sent very much", async () => {
    const plain = world.service.id;
    const arranged = (await world.addService("Arranged")).id;
    const usual = (await world.addService("Usual")).id;
    const great = (await world.addService("Great")).id;
    const almost = (await world.addService("Almost")).id;
    const suspended = (await world.addService("Suspended")).id;
    const central = (await world.addService("Central")).id;
    await world.sql`update services set organisation_type = 'central' where id = ${central}`;
    await world.sql`update services set active = false where id = ${suspended}`;
    await lastYear(arranged, 77, true);
    await lastYear(usual, 88, false);
    await lastYear(great, 99, true);
    // Of the year by London's days, and by chargeable fragments.
    await used(great, "2025-04-01", 100_000, 2);
    await used(great, "2026-03-31", 100_000);
    await used(almost, "2025-03-31", 1);
    await used(almost, "2026-03-31", 299_999);
    await used(almost, "2026-04-01", 1);

    expect(await run(task, firstOfApril)).toBe("Gave 6 services their allowance for 2026");
    expect(await run(task, firstOfApril)).toBe("Gave 0 services their allowance for 2026");

    const standard = { free: 10_000, high: false, custom: false };
    expect(await given(plain)).toEqual(standard);
    expect(await given(central)).toEqual({ ...standard, free: 40_000 });
    expect(await given(usual)).toEqual(standard);
    expect(await given(almost)).toEqual(standard);
    expect(await given(arranged)).toEqual({ free: 77, high: false, custom: true });
    expect(await given(great)).toEqual({ free: 0, high: true, custom: false });
    expect(await given(suspended)).toBeUndefined();
  });
});
