import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { invalid, type Operators, openOperators, refused, unknownId } from "./operators.ts";

let operators: Operators;

beforeAll(async () => {
  operators = await openOperators();
});

afterAll(() => operators.world[Symbol.asyncDispose]());

describe("/provider-details", () => {
  const providerOf = async (identifier: string) => {
    const { provider_details: all } = (await operators.ask("GET", "/provider-details")).body;
    return all.find((one: { identifier: string }) => one.identifier === identifier);
  };

  test("shows who carries what, and what they carried this month", async () => {
    await operators.world.sql`
      insert into ft_billing (bst_date, template_id, service_id, notification_type, provider, rate_multiplier,
        international, rate, postage, billable_units, notifications_sent)
      values (date_trunc('month', now() at time zone 'Europe/London')::date, ${unknownId}, ${unknownId}, 'sms', 'mmg', 2,
          false, 0.02, 'none', 10, 4),
        ('2026-01-01', ${unknownId}, ${unknownId}, 'sms', 'mmg', 1, false, 0.02, 'none', 500, 500)`;

    const mmg = await providerOf("mmg");

    expect(mmg).toMatchObject({
      display_name: "MMG",
      notification_type: "sms",
      priority: 51,
      active: true,
      supports_international: true,
      current_month_billable_sms: 20,
    });
    expect((await operators.ask("GET", `/provider-details/${mmg.id}`)).body).toEqual({
      provider_details: mmg,
    });
    expect((await operators.ask("GET", `/provider-details/${unknownId}`)).status).toBe(404);
  });

  test("changes what is given, and keeps every version with who made it and why", async () => {
    const user = { name: "Grace", email_address: "grace@hall.example", auth_type: "email_auth" };
    const by = (await operators.ask("POST", "/user", user)).body.data.id;
    const { id } = await providerOf("firetext");

    const changed = await operators.ask("POST", `/provider-details/${id}`, {
      priority: 20,
      created_by: by,
      reason: "Cheaper",
    });

    expect(changed).toMatchObject({
      status: 200,
      body: { provider_details: { id, priority: 20, active: true, version: 2, created_by_name: "Grace" } },
    });
    const { data } = (await operators.ask("GET", `/provider-details/${id}/versions`)).body;
    expect(data).toMatchObject([
      { version: 2, priority: 20, reason: "Cheaper", created_by: { name: "Grace" } },
      { version: 1, priority: 49, reason: null, created_by: null },
    ]);
  });

  test("changes nothing else", async () => {
    const { id, version } = await providerOf("ses");

    expect(
      await operators.ask("POST", `/provider-details/${id}`, { identifier: "x", priority: 1 }),
    ).toMatchObject(refused(400, { identifier: ["Not permitted to be updated"] }));
    expect(await operators.ask("POST", `/provider-details/${id}`, { priority: 101 })).toMatchObject(
      refused(400, { priority: ["Must be less than or equal to 100."] }),
    );
    expect((await operators.ask("POST", `/provider-details/${id}`, { created_by: unknownId })).status).toBe(
      404,
    );
    expect((await providerOf("ses")).version).toBe(version);
  });
});

test("/complaint: the newest first by pages, and how many on London's days", async () => {
  const { sql, service } = operators.world;
  expect((await operators.ask("GET", "/complaint")).body).toEqual({ complaints: [], links: {} });
  await sql`
    insert into complaints (notification_id, service_id, event_id, complaint_type, created_at)
    select gen_random_uuid(), ${service.id}, 'event ' || n, 'abuse',
      '2026-07-01T22:30:00Z'::timestamptz + n * interval '1 hour'
    from generate_series(0, 50) n`;

  const first = (await operators.ask("GET", "/complaint")).body;
  const second = (await operators.ask("GET", "/complaint?page=2")).body;

  expect(first.links).toEqual({ next: "/complaint?page=2", last: "/complaint?page=2" });
  expect(second.links).toEqual({ prev: "/complaint?page=1" });
  expect(first.complaints).toHaveLength(50);
  expect(second.complaints).toMatchObject([
    { service_id: service.id, service_name: "Town Hall", created_at: "2026-07-01T22:30:00.000000Z" },
  ]);
  const count = async (from: string, to: string) =>
    (await operators.ask("GET", `/complaint/count-by-date-range?start_date=${from}&end_date=${to}`)).body;
  // 23:30 in London; the next is of another day there.
  expect(await count("2026-07-01", "2026-07-01")).toBe(1);
  expect(await count("2026-07-02", "2026-07-02")).toBe(24);
  expect(await count("1 July", "2026-07-02")).toEqual(
    refused(400, "Input must be a date in the format: YYYY-MM-DD").body,
  );
});

describe("POST /platform-admin/find-by-uuid", () => {
  const find = (uuid: string) => operators.ask("POST", "/platform-admin/find-by-uuid", { uuid });

  test("says what an id is of, and whose", async () => {
    const { world } = operators;
    const { service } = world;
    const notificationId = await world.notification();
    const [key] = await world.sql<
      { id: string }[]
    >`select id from api_keys where service_id = ${service.id} limit 1`;
    const context = { service_id: service.id };

    expect((await find(service.id)).body).toEqual({ type: "service", context: {} });
    expect((await find(service.templates.sms)).body).toEqual({ type: "template", context });
    expect((await find(notificationId)).body).toEqual({ type: "notification", context });
    expect((await find(key?.id ?? "")).body).toEqual({ type: "api_key", context });
    expect(await find(unknownId)).toMatchObject(refused(404, "No result found"));
    expect(await find("x")).toMatchObject(invalid("uuid is not a valid UUID"));
  });
});

describe("POST /events", () => {
  test("notes what somebody did", async () => {
    const event = { event_type: "sign_in", data: { ip: "10.0.0.1", nul: "a\0b", half: "\ud800" } };

    const { status, body } = await operators.ask("POST", "/events", event);

    expect([status, body.data]).toEqual([
      201,
      { ...event, id: expect.any(String), created_at: expect.stringMatching(/Z$/) },
    ]);
    const [stored] = await operators.world.sql`select event_type from events where id = ${body.data.id}`;
    expect(stored?.event_type).toBe("sign_in");
  });

  test.each([
    ['{"event_type":"x"}', { data: ["Missing data for required field."] }],
    ['{"event_type":"x","data":[]}', { data: ["Not a valid mapping type."] }],
    ['{"event_type":"x","data":{"n":NaN}}', { data: ["Not a valid mapping type."] }],
    ["[1]", { _schema: ["Invalid input type."] }],
  ])("refuses %s", async (body, message) => {
    expect(await operators.ask("POST", "/events", body)).toMatchObject(refused(400, message));
  });
});
