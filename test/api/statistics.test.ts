import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { precompiledTemplate } from "../../shared/letter/precompiled-template.ts";
import type { Status } from "../../shared/notification/notification.ts";
import { addDays } from "../../shared/time/calendar.ts";
import { londonDate, londonMidnight } from "../../shared/time/london.ts";
import { emptyFacts, moveToHistory, text } from "../support/facts.ts";
import { adminSecret, askInternal } from "../support/internal.ts";
import { openWorld, type World } from "../support/world.ts";

const unknownId = "99999999-9999-4999-8999-999999999999";
let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false, env: { ADMIN_CLIENT_SECRETS: adminSecret } });
});

beforeEach(() => emptyFacts(world.sql));

afterAll(() => world[Symbol.asyncDispose]());

const today = londonDate(new Date());
/** A day of the past, as many days ago. */
const back = (days: number) => addDays(today, -days);
/** Just after its midnight in London: today too it is over. */
const on = (day: string) => londonMidnight(day).toISOString();

const ask = (path: string) => askInternal(world.apiUrl, path);
const askService = (path: string) => ask(`/service/${world.service.id}/${path}`);

/** Facts until yesterday, as the night leaves them. */
async function counted(
  day: string,
  status: Status,
  count: number,
  type: "sms" | "email" | "letter" = "sms",
  more: { templateId?: string; serviceId?: string } = {},
): Promise<void> {
  const { templateId = world.service.templates[type], serviceId = world.service.id } = more;
  await world.sql`
    insert into ft_notification_status (bst_date, template_id, service_id, notification_type, key_type,
      notification_status, notification_count)
    values (${day}, ${templateId}, ${serviceId}, ${type}, 'normal', ${status}, ${count})`;
  await countedUntil(back(1));
}

const countedUntil = (day: string) => world.sql`
  insert into fact_days (kind, bst_date, notification_type, counted_at)
  select 'status', ${day}, type, now() from unnest(array['sms', 'email', 'letter']) as type
  on conflict do nothing`;

describe("GET statistics", () => {
  const nothing = { requested: 0, delivered: 0, failed: 0 };

  test("adds up today's messages and the facts of the days before it, test keys aside", async () => {
    await counted(back(7), "delivered", 10);
    await counted(back(8), "delivered", 100);
    await counted(back(1), "permanent-failure", 5);
    await counted(back(1), "cancelled", 3, "letter");
    await counted(back(1), "virus-scan-failed", 2, "letter");
    await counted(back(1), "returned-letter", 1, "letter");
    await counted(back(1), "delivered", 50, "sms", { serviceId: unknownId });
    await world.notification(text(on(today), { status: "sent" }));
    await world.notification(text(on(today), { status: "created", channel: "email" }));
    await world.notification(text(on(today), { keyType: "test" }));
    // Counted already.
    await world.notification(text(on(back(1))));

    expect((await askService("statistics")).body).toEqual({
      data: {
        sms: { requested: 16, delivered: 11, failed: 5 },
        email: { ...nothing, requested: 1 },
        letter: { requested: 3, delivered: 0, failed: 2 },
      },
    });
    const { data } = (await askService("statistics?limit_days=1")).body;
    expect(data.sms).toEqual({ requested: 6, delivered: 1, failed: 5 });
    expect((await askService("statistics?today_only=True")).body.data).toEqual({
      sms: { requested: 1, delivered: 1, failed: 0 },
      email: { ...nothing, requested: 1 },
      letter: nothing,
    });
  });

  test("counts days whose facts are late from the messages themselves", async () => {
    await countedUntil(back(3));
    for (const days of [1, 2, 3]) await world.notification(text(on(back(days))));

    expect((await askService("statistics")).body.data.sms.requested).toBe(2);
  });

  test("counts a week's messages where nothing was ever counted", async () => {
    for (const days of [0, 1, 6]) await world.notification(text(on(back(days))));

    expect((await askService("statistics")).body.data.sms.requested).toBe(3);
  });

  test.each(["limit_days=x", "limit_days=-1", "limit_days=91"])("refuses %s", async (query) => {
    expect(await askService(`statistics?${query}`)).toEqual({
      status: 400,
      body: { result: "error", message: { limit_days: ["limit_days must be between 0 and 90"] } },
    });
  });
});

describe("GET notifications/count", () => {
  const bill = (day: string, type: string, sent: number) => world.sql`
    insert into ft_billing (bst_date, template_id, service_id, notification_type, provider, rate_multiplier,
      international, rate, postage, billable_units, notifications_sent)
    values (${day}, ${world.service.id}, ${world.service.id}, ${type}, 'mmg', 1, false, 0, 'none', 1, ${sent})`;

  test("counts what was sent by what is billed, of the types asked for", async () => {
    await bill(today, "sms", 1);
    await bill(back(7), "sms", 2);
    await bill(back(7), "email", 4);
    await bill(back(7), "letter", 8);
    await bill(back(8), "sms", 16);
    const count = async (query: string) =>
      (await askService(`notifications/count${query}`)).body.notifications_sent_count;

    expect(await count("")).toBe(15);
    expect(await count("?template_type=sms")).toBe(3);
    expect(await count("?template_type=sms&template_type=email&limit_days=8")).toBe(23);
    expect(await count("?limit_days=0")).toBe(1);
  });

  test("refuses another type", async () => {
    expect(await askService("notifications/count?template_type=pigeon")).toEqual({
      status: 400,
      body: { result: "error", message: { template_type: ["pigeon is not one of sms, email, letter"] } },
    });
  });
});

describe("GET notifications/monthly", () => {
  test("counts a financial year by London months, types and statuses", async () => {
    await counted("2024-03-31", "delivered", 100);
    await counted("2024-04-01", "delivered", 1);
    await counted("2024-04-30", "delivered", 2);
    await counted("2024-04-30", "sending", 3, "email");
    await counted("2025-03-31", "delivered", 4, "letter");
    await counted("2025-04-01", "delivered", 100);

    const { data } = (await askService("notifications/monthly?year=2024")).body;

    expect(Object.keys(data)).toHaveLength(12);
    expect(data["2024-04"]).toEqual({ sms: { delivered: 3 }, email: { sending: 3 }, letter: {} });
    expect(data["2024-05"]).toEqual({ sms: {}, email: {}, letter: {} });
    expect(data["2025-03"]).toEqual({ sms: {}, email: {}, letter: { delivered: 4 } });
  });

  test("counts today's too", async () => {
    await world.notification(text(on(today)));
    const year = Number(today.slice(0, 4)) - (today.slice(5) < "04-01" ? 1 : 0);

    const { data } = (await askService(`notifications/monthly?year=${year}`)).body;

    expect(data[today.slice(0, 7)].sms).toEqual({ delivered: 1 });
  });
});

describe("GET notifications/templates_usage/monthly", () => {
  test("counts how often each template was used in each month, what was cancelled aside", async () => {
    const { id: letters } = await precompiledTemplate(world.sql, world.service.id);
    await counted("2024-04-01", "delivered", 1);
    await counted("2024-04-02", "permanent-failure", 2);
    await counted("2024-05-01", "delivered", 4);
    await counted("2024-05-01", "cancelled", 8, "letter", { templateId: letters });
    await counted("2025-01-01", "delivered", 16, "letter", { templateId: letters });

    const { stats } = (await askService("notifications/templates_usage/monthly?year=2024")).body;

    const sms = {
      template_id: world.service.templates.sms,
      name: "Text",
      type: "sms",
      is_precompiled_letter: false,
    };
    expect(stats).toEqual([
      { ...sms, month: 4, year: 2024, count: 3 },
      { ...sms, month: 5, year: 2024, count: 4 },
      {
        ...{ template_id: letters, name: "Pre-compiled PDF", type: "letter", is_precompiled_letter: true },
        ...{ month: 1, year: 2025, count: 16 },
      },
    ]);
  });
});

describe.each(["notifications/monthly", "notifications/templates_usage/monthly"])("GET %s", (path) => {
  test.each(["", "?year=x"])("refuses %p", async (query) => {
    expect(await askService(path + query)).toEqual({
      status: 400,
      body: { result: "error", message: "Year must be a number" },
    });
  });
});

describe("GET template-statistics", () => {
  test("counts today's messages and those of so many days before it, by template and status", async () => {
    await counted(back(1), "delivered", 2);
    await counted(back(2), "delivered", 100);
    await world.notification(text(on(today)));
    await world.notification(text(on(today), { channel: "email", status: "sending" }));

    const { data } = (await askService("template-statistics?whole_days=1")).body;

    const { sms, email } = world.service.templates;
    expect(data).toEqual([
      {
        ...{
          template_id: email,
          template_name: "Email",
          template_type: "email",
          is_precompiled_letter: false,
        },
        ...{ status: "sending", count: 1 },
      },
      {
        ...{ template_id: sms, template_name: "Text", template_type: "sms", is_precompiled_letter: false },
        ...{ status: "delivered", count: 3 },
      },
    ]);
  });

  test.each(["", "?whole_days=8", "?whole_days=-1", "?whole_days=x", "?whole_days=1.5"])(
    "refuses %p",
    async (query) => {
      expect(await askService(`template-statistics${query}`)).toEqual({
        status: 400,
        body: { result: "error", message: { whole_days: ["whole_days must be between 0 and 7"] } },
      });
    },
  );
});

describe("GET template-statistics/last-used", () => {
  const lastUsed = async () =>
    (await askService(`template-statistics/last-used/${world.service.templates.sms}`)).body;

  test("says when: of what is live, of history by its day, of facts alone by their day", async () => {
    expect(await lastUsed()).toEqual({ last_date_used: null });

    const old = on(back(30));
    await counted(back(30), "delivered", 1);
    const timestamp = (instant: string) => instant.replace("Z", "000Z");
    expect(await lastUsed()).toEqual({ last_date_used: timestamp(old) });

    const hourLater = new Date(new Date(old).getTime() + 3_600_000).toISOString();
    await moveToHistory(world.sql, [await world.notification(text(hourLater))]);
    expect(await lastUsed()).toEqual({ last_date_used: timestamp(hourLater) });

    await world.notification(text(on(today), { keyType: "test" }));
    expect(await lastUsed()).toEqual({ last_date_used: timestamp(hourLater) });

    await world.notification(text(on(today)));
    expect(await lastUsed()).toEqual({ last_date_used: timestamp(on(today)) });
  });

  test("knows no template of another service", async () => {
    const other = await world.addService(`Other ${crypto.randomUUID()}`);

    for (const id of [other.templates.sms, unknownId, "no-id"]) {
      expect(await askService(`template-statistics/last-used/${id}`)).toEqual({
        status: 404,
        body: { result: "error", message: "No result found" },
      });
    }
  });
});

describe("a service that is not there", () => {
  test.each([
    "statistics",
    "notifications/count",
    "notifications/monthly?year=2024",
    "notifications/templates_usage/monthly?year=2024",
    "template-statistics?whole_days=1",
    `template-statistics/last-used/${unknownId}`,
  ])("GET %s answers 404", async (path) => {
    expect((await ask(`/service/${unknownId}/${path}`)).status).toBe(404);
  });
});

describe("GET /platform-stats", () => {
  const failures = {
    ...{ "technical-failure": 0, "permanent-failure": 0 },
    ...{ "temporary-failure": 0, "virus-scan-failed": 0 },
  };
  const nothing = { total: 0, "test-key": 0, failures };

  test("counts all services' messages of today, test keys apart", async () => {
    const other = await world.addService(`Other ${crypto.randomUUID()}`);
    await world.notification(text(on(today)));
    await world.notification(text(on(today), { status: "permanent-failure", serviceId: other.id }));
    await world.notification(text(on(today), { status: "permanent-failure", keyType: "test" }));
    await counted(back(1), "delivered", 5);

    expect(await ask("/platform-stats")).toEqual({
      status: 200,
      body: {
        sms: { total: 2, "test-key": 1, failures: { ...failures, "permanent-failure": 1 } },
        email: nothing,
        letter: nothing,
      },
    });
  });

  test("counts days of the past by their facts", async () => {
    await counted("2024-06-01", "delivered", 5, "email");
    await counted("2024-06-02", "technical-failure", 2, "letter");
    await counted("2024-06-03", "delivered", 100);

    const { body } = await ask("/platform-stats?start_date=2024-06-01&end_date=2024-06-02");

    expect(body).toEqual({
      sms: nothing,
      email: { ...nothing, total: 5 },
      letter: { ...nothing, total: 2, failures: { ...failures, "technical-failure": 2 } },
    });
  });

  test.each(["/platform-stats", "/performance-dashboard"])("%s refuses what is no date", async (path) => {
    expect(await ask(`${path}?start_date=2024-13-01`)).toEqual({
      status: 400,
      body: { result: "error", message: "Input must be a date in the format: YYYY-MM-DD" },
    });
  });
});

describe("GET /performance-dashboard", () => {
  test("shows all there ever was, days, how fast they went, and who sends", async () => {
    await counted("2024-06-01", "delivered", 5, "email");
    await counted("2024-06-02", "technical-failure", 2, "letter");
    await counted("2024-06-02", "delivered", 100);
    await counted("2024-07-01", "delivered", 1000);
    await world.sql`
      insert into ft_processing_time (bst_date, messages_total, messages_within_10_secs)
      values ('2024-06-01', 8, 7), ('2024-06-02', 0, 0), ('2024-06-03', 1, 0)`;
    await world.sql`update services set restricted = true where id <> ${world.service.id}`;

    const { body } = await ask("/performance-dashboard?start_date=2024-06-01&end_date=2024-06-02");

    expect(body).toEqual({
      ...{
        total_notifications: 1107,
        email_notifications: 5,
        sms_notifications: 1100,
        letter_notifications: 2,
      },
      notifications_by_type: [
        { date: "2024-06-01", emails: 5, letters: 0, sms: 0 },
        { date: "2024-06-02", emails: 0, letters: 2, sms: 100 },
      ],
      processing_time: [
        { date: "2024-06-01", percentage_under_10_seconds: 87.5 },
        { date: "2024-06-02", percentage_under_10_seconds: 100 },
      ],
      live_service_count: 1,
      services_using_notify: [
        {
          ...{ service_id: world.service.id, service_name: "Town Hall" },
          ...{ organisation_id: null, organisation_name: null },
        },
      ],
    });
  });
});
