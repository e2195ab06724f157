import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { financialYearAt } from "../../shared/billing/financial-year.ts";
import { londonDate } from "../../shared/time/london.ts";
import { emptyFacts, text } from "../support/facts.ts";
import { adminSecret, askInternal } from "../support/internal.ts";
import { openWorld, type World } from "../support/world.ts";

const unknownId = "99999999-9999-4999-8999-999999999999";
let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false, env: { ADMIN_CLIENT_SECRETS: adminSecret } });
});

beforeEach(() => emptyFacts(world.sql));

afterAll(() => world[Symbol.asyncDispose]());

const ask = (path: string, body?: unknown) => askInternal(world.apiUrl, path, body);
const billing = (path: string, body?: unknown) => ask(`/service/${world.service.id}/billing/${path}`, body);

interface Fact {
  day: string;
  type?: string;
  units?: number;
  multiplier?: number;
  rate?: number;
  sent?: number;
  postage?: string;
  provider?: string;
  serviceId?: string;
}

async function counted(...facts: Fact[]): Promise<void> {
  const { id } = world.service;
  for (const { day, type = "sms", units = 1, multiplier = 1, rate = 0.02, sent = 1, ...more } of facts) {
    const { postage = "none", provider = "mmg", serviceId = id } = more;
    await world.sql`
      insert into ft_billing (bst_date, template_id, service_id, notification_type, provider, rate_multiplier,
        international, rate, postage, billable_units, notifications_sent)
      values (${day}, ${id}, ${serviceId}, ${type}, ${provider}, ${multiplier}, false, ${rate}, ${postage}, ${units},
        ${sent})`;
  }
}

const free = (fragments: number, year = 2024) => world.sql`
  insert into annual_billing (service_id, financial_year_start, free_sms_fragment_limit)
  values (${world.service.id}, ${year}, ${fragments})`;

const none = { free_allowance_used: 0, charged_units: 0, cost: 0 };

describe("GET billing/monthly-usage", () => {
  test("uses up what is free by days, whatever month and rate, then charges the rest", async () => {
    await free(100);
    await counted(
      // Of the year before and the year after: London's 1 April.
      { day: "2024-03-31", units: 1000 },
      { day: "2025-04-01", units: 1000 },
      { day: "2024-04-01", units: 30, sent: 30 },
      { day: "2024-05-02", units: 20, multiplier: 2, sent: 10 },
      // Reaches over the end of it; the cheaper first.
      { day: "2024-05-03", units: 40, rate: 0.03, sent: 40 },
      { day: "2024-05-03", units: 20, rate: 0.02, sent: 20 },
      { day: "2025-03-31", units: 5, rate: 0.03, sent: 5 },
    );

    const { status, body } = await billing("monthly-usage?year=2024");

    const sms = { notification_type: "sms", postage: "none" };
    expect(status).toBe(200);
    expect(body).toEqual([
      {
        ...sms,
        ...none,
        month: "April",
        rate: 0.02,
        notifications_sent: 30,
        chargeable_units: 30,
        free_allowance_used: 30,
      },
      {
        ...sms,
        ...none,
        month: "May",
        rate: 0.02,
        notifications_sent: 30,
        chargeable_units: 60,
        free_allowance_used: 60,
      },
      {
        ...{ ...sms, month: "May", rate: 0.03, notifications_sent: 40, chargeable_units: 40 },
        ...{ free_allowance_used: 10, charged_units: 30, cost: 0.9 },
      },
      {
        ...{ ...sms, month: "March", rate: 0.03, notifications_sent: 5, chargeable_units: 5 },
        ...{ free_allowance_used: 0, charged_units: 5, cost: 0.15 },
      },
    ]);
  });

  test("shows letters by postage and rate, and no emails", async () => {
    await free(0);
    const letter = { type: "letter", provider: "dvla", day: "2024-06-01" };
    await counted(
      { ...letter, rate: 0.7, postage: "second", units: 6, sent: 3 },
      { ...letter, rate: 1.5, postage: "first", units: 2, sent: 2 },
      { day: "2024-06-01", type: "email", rate: 0, units: 0, sent: 9 },
    );

    const { body } = await billing("monthly-usage?year=2024");

    const june = { notification_type: "letter", month: "June", free_allowance_used: 0 };
    expect(body).toEqual([
      {
        ...{ ...june, postage: "second", rate: 0.7, notifications_sent: 3 },
        ...{ chargeable_units: 3, charged_units: 3, cost: 2.1 },
      },
      {
        ...{ ...june, postage: "first", rate: 1.5, notifications_sent: 2 },
        ...{ chargeable_units: 2, charged_units: 2, cost: 3 },
      },
    ]);
  });

  test("counts what was sent today first, of the current year, and gives an allowance where there is none", async () => {
    await world.notification(text(new Date().toISOString(), { billableUnits: 2 }));

    const { body } = await billing(`monthly-usage?year=${financialYearAt(new Date())}`);

    expect(body).toHaveLength(1);
    expect(body[0]).toMatchObject({ ...none, chargeable_units: 2, free_allowance_used: 2, rate: 0.0227 });
  });

  test("shows what was counted before where today cannot be counted", async () => {
    const year = financialYearAt(new Date());
    await counted({ day: `${year}-04-01` });
    await world.notification(text(new Date().toISOString()));
    await world.sql`update rates set valid_from = '2999-01-01' where example`;

    const { status, body } = await billing(`monthly-usage?year=${year}`);
    await world.sql`update rates set valid_from = '2000-01-01' where example`;

    expect(status).toBe(200);
    expect(body).toHaveLength(1);
    expect(world.lines.map(({ message }) => message)).toContain("Cannot count what was sent today");
  });

  test("shows another service's nothing", async () => {
    const other = await world.addService(`Other ${crypto.randomUUID()}`);
    await counted({ day: "2024-06-01", serviceId: other.id, units: 9 });
    await free(0);

    expect((await billing("monthly-usage?year=2024")).body).toEqual([]);
  });
});

describe("GET billing/yearly-usage-summary", () => {
  test("adds up a year by type and rate, emails too", async () => {
    await free(25);
    await counted(
      { day: "2024-04-01", units: 20 },
      { day: "2025-03-31", units: 20 },
      { day: "2025-03-31", units: 1, rate: 0.05, sent: 1 },
      { day: "2024-06-01", type: "email", rate: 0, units: 0, sent: 9 },
      { day: "2024-06-01", type: "letter", rate: 0.7, postage: "second", units: 6, sent: 3 },
      { day: "2024-07-01", type: "letter", rate: 0.7, postage: "economy", units: 6, sent: 3 },
    );

    const { body } = await billing("yearly-usage-summary?year=2024");

    expect(body).toEqual([
      { ...none, notification_type: "email", rate: 0, notifications_sent: 9, chargeable_units: 0 },
      {
        ...{ notification_type: "letter", rate: 0.7, notifications_sent: 6, chargeable_units: 6 },
        ...{ charged_units: 6, free_allowance_used: 0, cost: 4.2 },
      },
      {
        ...{ notification_type: "sms", rate: 0.02, notifications_sent: 2, chargeable_units: 40 },
        ...{ charged_units: 15, free_allowance_used: 25, cost: 0.3 },
      },
      {
        ...{ notification_type: "sms", rate: 0.05, notifications_sent: 1, chargeable_units: 1 },
        ...{ charged_units: 1, free_allowance_used: 0, cost: 0.05 },
      },
    ]);
  });
});

describe.each(["monthly-usage", "yearly-usage-summary"])("GET billing/%s", (path) => {
  test("decides nothing of years to come", async () => {
    expect(await billing(`${path}?year=2998`)).toEqual({ status: 200, body: [] });
    expect([...(await world.sql`select from annual_billing`)]).toEqual([]);
  });

  test.each(["", "?year=", "?year=abc", "?year=99999", "?year=2024.5"])("refuses %p", async (query) => {
    expect(await billing(path + query)).toEqual({
      status: 400,
      body: { result: "error", message: "No valid year provided" },
    });
  });

  test.each([unknownId, "no-id"])("knows no service %s", async (id) => {
    expect(await ask(`/service/${id}/billing/${path}?year=2024`)).toEqual({
      status: 404,
      body: { result: "error", message: "No result found" },
    });
  });
});

describe("billing/free-sms-fragment-limit", () => {
  const path = "free-sms-fragment-limit";
  const year = financialYearAt(new Date());

  test("GET gives what a service's kind gets, and keeps it", async () => {
    expect(await billing(path)).toEqual({
      status: 200,
      body: { free_sms_fragment_limit: 10_000, financial_year_start: year },
    });
    expect((await billing(`${path}?financial_year_start=2023`)).body.financial_year_start).toBe(2023);
    const rows = await world.sql`select financial_year_start as year from annual_billing order by 1`;
    expect(rows.map((row) => row.year)).toEqual([2023, year]);
  });

  test("POST arranges another for this year and those after it, which is kept the next", async () => {
    await free(10_000, year + 1);
    await free(10_000, year - 1);

    const answer = await billing(path, { free_sms_fragment_limit: 123 });

    expect(answer).toEqual({
      status: 201,
      body: { free_sms_fragment_limit: 123, financial_year_start: year },
    });
    const rows = await world.sql`
      select financial_year_start - ${year}::integer as year, free_sms_fragment_limit::integer as free,
        has_custom_allowance as custom
      from annual_billing order by 1`;
    expect([...rows]).toEqual([
      { year: -1, free: 10_000, custom: false },
      { year: 0, free: 123, custom: true },
      { year: 1, free: 123, custom: true },
    ]);
  });

  test("POST of a year that is over changes that alone; what is usual is no arrangement", async () => {
    await billing(path, { free_sms_fragment_limit: 123 });
    await billing(path, { free_sms_fragment_limit: 77, financial_year_start: year - 1 });
    await billing(path, { free_sms_fragment_limit: 10_000, financial_year_start: year });

    const rows = await world.sql`
      select free_sms_fragment_limit::integer as free, has_custom_allowance as custom
      from annual_billing order by financial_year_start`;
    expect([...rows]).toEqual([
      { free: 77, custom: true },
      { free: 10_000, custom: false },
    ]);
  });

  test.each([
    [{}, "free_sms_fragment_limit is a required property"],
    [{ free_sms_fragment_limit: "1" }, "free_sms_fragment_limit 1 is not of type integer"],
    [{ free_sms_fragment_limit: -1 }, "free_sms_fragment_limit -1 is less than the minimum of 0"],
    [
      { free_sms_fragment_limit: 1, financial_year_start: 1 },
      "financial_year_start 1 is less than the minimum of 2000",
    ],
  ])("POST refuses %j", async (body, message) => {
    expect(await billing(path, body)).toEqual({
      status: 400,
      body: { status_code: 400, errors: [{ error: "ValidationError", message }] },
    });
  });

  test("GET refuses what is no year, and knows no other service", async () => {
    expect((await billing(`${path}?financial_year_start=x`)).status).toBe(400);
    expect((await ask(`/service/${unknownId}/billing/${path}`)).status).toBe(404);
    expect((await ask(`/service/${unknownId}/billing/${path}`, { free_sms_fragment_limit: 1 })).status).toBe(
      404,
    );
  });
});

describe("GET rates", () => {
  test("/sms-rate/ shows the one in force", async () => {
    await world.sql`insert into rates (valid_from, rate) values ('2025-03-31T23:00:00Z', 0.03), ('2999-01-01', 9)`;

    expect((await ask("/sms-rate/")).body).toEqual({ rate: 0.03, valid_from: "2025-03-31T23:00:00.000000Z" });
    await world.sql`delete from rates where not example`;
    expect((await ask("/sms-rate")).body).toEqual({
      rate: 0.0227,
      valid_from: "2000-01-01T00:00:00.000000Z",
    });
  });

  test("/letter-rates/ shows those in force, by sheets and postage", async () => {
    await world.sql`
      insert into letter_rates (start_date, sheet_count, rate, post_class)
      values ('2025-03-31T23:00:00Z', 1, 0.68, 'second'), ('2999-01-01', 1, 9, 'second')`;

    const { body } = await ask("/letter-rates/");

    // Examples of the postage that was loaded are billed no more.
    expect(body).toHaveLength(21);
    expect(body[4]).toEqual({
      ...{ post_class: "second", sheet_count: 1, rate: "0.68", start_date: "2025-03-31T23:00:00.000000Z" },
    });
    expect(body[5]).toMatchObject({ post_class: "economy", sheet_count: 2, rate: "0.65" });
  });

  test("/sms-rate/ says where there is none", async () => {
    await world.sql`update rates set valid_from = '2999-01-01' where example`;
    const answer = await ask("/sms-rate/");
    await world.sql`update rates set valid_from = '2000-01-01' where example`;

    const errors = [{ error: "NoResultFound", message: "No result found" }];
    expect(answer).toEqual({ status: 404, body: { status_code: 404, errors } });
  });

  test.each(["/sms-rate/", "/letter-rates/", "/sms-rate", "/letter-rates"])(
    "%s tells nobody else, in the shape of the public API's faults",
    async (path) => {
      const response = await fetch(world.apiUrl + path);

      const message = "Unauthorized: authentication token must be provided";
      expect(await response.json()).toEqual({ status_code: 401, errors: [{ error: "AuthError", message }] });
    },
  );
});

describe("/platform-stats reports", () => {
  const range = "start_date=2024-06-01&end_date=2024-06-02";

  beforeEach(() =>
    counted(
      { day: "2024-06-01", units: 3, multiplier: 2, sent: 2 },
      { day: "2024-06-01", units: 1, sent: 1, provider: "firetext" },
      { day: "2024-06-01", type: "email", rate: 0, units: 0, sent: 9 },
      { day: "2024-06-02", type: "letter", rate: 0.7, postage: "second", units: 6, sent: 3 },
      { day: "2024-06-02", type: "letter", rate: 1.5, postage: "europe", units: 1, sent: 1 },
      { day: "2024-06-03", units: 50 },
      { day: "2024-05-31", units: 50 },
    ),
  );

  test("daily-volumes-report", async () => {
    const day = {
      ...{ sms_totals: 0, sms_fragment_totals: 0, sms_chargeable_units: 0 },
      ...{ email_totals: 0, letter_totals: 0, letter_sheet_totals: 0 },
    };

    expect((await ask(`/platform-stats/daily-volumes-report?${range}`)).body).toEqual([
      {
        ...{ ...day, day: "2024-06-01", sms_totals: 3, sms_fragment_totals: 4, sms_chargeable_units: 7 },
        email_totals: 9,
      },
      { ...day, day: "2024-06-02", letter_totals: 4, letter_sheet_totals: 7 },
    ]);
  });

  test("daily-sms-provider-volumes-report", async () => {
    expect((await ask(`/platform-stats/daily-sms-provider-volumes-report?${range}`)).body).toEqual([
      {
        ...{ day: "2024-06-01", provider: "firetext", sms_totals: 1, sms_fragment_totals: 1 },
        ...{ sms_chargeable_units: 1, sms_cost: 0.02 },
      },
      {
        ...{ day: "2024-06-01", provider: "mmg", sms_totals: 2, sms_fragment_totals: 3 },
        ...{ sms_chargeable_units: 6, sms_cost: 0.12 },
      },
    ]);
  });

  test("volumes-by-service", async () => {
    await free(40);

    const { body } = await ask(`/platform-stats/volumes-by-service?${range}`);

    const mine = body.find((row: { service_id: string }) => row.service_id === world.service.id);
    expect(mine).toEqual({
      ...{
        service_id: world.service.id,
        service_name: "Town Hall",
        organisation_id: "",
        organisation_name: "",
      },
      ...{ free_allowance: 40, sms_notifications: 3, sms_chargeable_units: 7, email_totals: 9 },
      ...{ letter_totals: 4, letter_sheet_totals: 7, letter_cost: 3.6 },
    });
  });

  test("data-for-billing-report charges what earlier days left of what is free, and names who owes nothing never", async () => {
    const idle = await world.addService(`Idle ${crypto.randomUUID()}`);
    await counted({ day: "2024-06-01", serviceId: idle.id });
    await world.sql`update services set purchase_order_number = 'PO 7' where id = ${world.service.id}`;
    // 50 were used up the day before.
    await free(52);

    const { body } = await ask(`/platform-stats/data-for-billing-report?${range}`);

    expect(body).toEqual([
      {
        ...{
          service_id: world.service.id,
          service_name: "Town Hall",
          organisation_id: "",
          organisation_name: "",
        },
        ...{ sms_cost: 0.1, sms_chargeable_units: 5, total_letters: 4, letter_cost: 3.6 },
        letter_breakdown: "1 international letters at £1.50\n3 second class letters at 70p\n",
        ...{
          purchase_order_number: "PO 7",
          contact_names: "",
          contact_email_addresses: "",
          billing_reference: "",
        },
      },
    ]);
  });

  test.each([
    "daily-volumes-report",
    "daily-sms-provider-volumes-report",
    "volumes-by-service",
    "data-for-billing-report",
  ])("%s refuses what are no dates, or in no order", async (path) => {
    const told = async (query: string) => {
      const { status, body } = await ask(`/platform-stats/${path}?${query}`);
      return [status, body.message];
    };
    const message = "Input must be a date in the format: YYYY-MM-DD";

    expect(await told("")).toEqual([400, message]);
    expect(await told("start_date=2024-06-01")).toEqual([400, message]);
    expect(await told("start_date=2024-06-31&end_date=2024-07-01")).toEqual([400, message]);
    expect(await told("start_date=01-06-2024&end_date=2024-07-01")).toEqual([400, message]);
    expect(await told("start_date=2024-06-02&end_date=2024-06-01")).toEqual([
      400,
      "Start date must be before end date",
    ]);
  });

  test("data-for-billing-report refuses days of two financial years", async () => {
    const path = "/platform-stats/data-for-billing-report?start_date=2024-03-31&end_date=2024-04-01";

    expect(await ask(path)).toEqual({
      status: 400,
      body: { result: "error", message: "Date must be in a single financial year." },
    });
  });
});

describe("what is for operators' programs alone", () => {
  test.each([
    `/service/${unknownId}/billing/monthly-usage?year=2024`,
    `/service/${unknownId}/billing/free-sms-fragment-limit`,
    ...["/sms-rate/", "/letter-rates/", "/platform-stats", "/performance-dashboard"],
    "/platform-stats/data-for-billing-report",
    `/service/${unknownId}/statistics`,
    `/service/${unknownId}/notifications/count`,
    `/service/${unknownId}/template-statistics`,
  ])("GET %s", async (path) => {
    expect((await fetch(world.apiUrl + path)).status).toBe(401);
  });
});

test("today is London's", () => {
  expect(financialYearAt(new Date("2026-03-31T22:59:59Z"))).toBe(2025);
  expect(financialYearAt(new Date("2026-03-31T23:00:00Z"))).toBe(2026);
  expect(londonDate(new Date("2026-03-31T23:00:00Z"))).toBe("2026-04-01");
});
