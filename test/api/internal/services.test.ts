import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { bearerOf } from "../bearer-of.ts";
import { type Operators, openOperators, refused, unknownId } from "./operators.ts";

let operators: Operators;

beforeAll(async () => {
  operators = await openOperators({ FROM_NUMBER: "CityHall" });
});

afterAll(() => operators.world[Symbol.asyncDispose]());

let made = 0;

async function newUser(state = "active"): Promise<string> {
  const email = `member-${++made}@hall.example`;
  const user = { name: "Ann", email_address: email, auth_type: "email_auth", state };
  return (await operators.ask("POST", "/user", user)).body.data.id;
}

const asked = (userId: string) => ({
  name: `Service ${++made}`,
  user_id: userId,
  created_by: userId,
  restricted: true,
  email_message_limit: 50,
  sms_message_limit: 50,
  letter_message_limit: 50,
});

async function newService(over: object = {}) {
  const userId = await newUser();
  const { status, body } = await operators.ask("POST", "/service", { ...asked(userId), ...over });
  expect(status).toBe(201);
  return { userId, ...body.data };
}

describe("POST /service", () => {
  test("makes a service with all that it begins with", async () => {
    const service = await newService({ name: "Café of the Town" });

    expect(service).toMatchObject({
      name: "Café of the Town",
      active: true,
      restricted: true,
      version: 1,
      email_sender_local_part: "cafe.of.the.town",
      created_by: service.userId,
      international_sms_message_limit: 100,
      permissions: ["email", "international_letters", "international_sms", "letter", "sms"],
      service_callback_api: [],
    });
    expect((await operators.ask("GET", `/service/${service.id}`)).body.data).toMatchObject({
      id: service.id,
    });
    const users = (await operators.ask("GET", `/service/${service.id}/users`)).body.data;
    expect(users).toMatchObject([{ id: service.userId, services: [service.id] }]);
    expect(users[0].permissions[service.id]).toHaveLength(8);
    const senders = await operators.world.sql`
      select sms_sender from service_sms_senders where service_id = ${service.id} and is_default`;
    expect([...senders]).toEqual([{ sms_sender: "CityHall" }]);
    const allowance = await operators.world.sql`select from annual_billing where service_id = ${service.id}`;
    expect(allowance).toHaveLength(1);
  });

  test("refuses a name that another has, however it is written, and makes nothing", async () => {
    const { userId } = await newService({ name: "Tax Office" });
    const { sql } = operators.world;
    const before = await sql`select from services`;

    const answer = await operators.ask("POST", "/service", { ...asked(userId), name: "TAX  office" });

    expect(answer).toMatchObject(refused(400, { name: ["Duplicate service name 'TAX  office'"] }));
    expect(await sql`select from services`).toHaveLength(before.length);
  });

  test.each([
    [{ user_id: undefined }, { user_id: ["Missing data for required field."] }],
    [{ name: undefined }, { name: ["Missing data for required field."] }],
    [{ name: null }, { name: ["Field may not be null."] }],
    [{ restricted: "yes" }, { restricted: ["Not a valid boolean."] }],
    [{ sms_message_limit: 1.5 }, { sms_message_limit: ["Not a valid integer."] }],
    [{ created_by: "me" }, { created_by: ["Not a valid UUID."] }],
    [{ name: "a!" }, { name: ["Service name must include at least 2 letters or numbers"] }],
  ])("refuses %j", async (over, message) => {
    const answer = await operators.ask("POST", "/service", { ...asked(unknownId), ...over });

    expect(answer).toMatchObject(refused(400, message));
  });

  test("knows no person who is not there", async () => {
    expect(await operators.ask("POST", "/service", asked(unknownId))).toMatchObject(
      refused(404, "No result found"),
    );
  });
});

describe("POST /service/{id}", () => {
  test("changes what is given and nothing else, and keeps every version", async () => {
    const service = await newService();
    const path = `/service/${service.id}`;

    const { status, body } = await operators.ask("POST", path, {
      prefix_sms: true,
      id: unknownId,
      version: 9,
    });

    expect([status, body.data]).toEqual([
      200,
      { ...withoutUser(service), prefix_sms: true, version: 2, updated_at: expect.any(String) },
    ]);
    await operators.ask("POST", path, { name: "Other Name" });
    const { service_history: versions } = (await operators.ask("GET", `${path}/history`)).body.data;
    expect(versions).toMatchObject([
      { version: 1, name: service.name, updated_at: null },
      { version: 2, name: service.name },
      { version: 3, name: "Other Name" },
    ]);
    expect(body.data.created_at).toBe(versions[0].created_at);
  });

  test("gives a service that leaves trial mode its limits, and says since when it is live", async () => {
    const service = await newService();

    const { body } = await operators.ask("POST", `/service/${service.id}`, { restricted: false });

    expect(body.data).toMatchObject({
      restricted: false,
      email_message_limit: 250_000,
      sms_message_limit: 250_000,
      letter_message_limit: 20_000,
      international_sms_message_limit: 100,
      go_live_at: expect.any(String),
    });
  });

  test("takes the limits that a service goes live with over those", async () => {
    const service = await newService();
    const change = { restricted: false, sms_message_limit: 7 };

    const { body } = await operators.ask("POST", `/service/${service.id}`, change);

    expect(body.data).toMatchObject({ email_message_limit: 250_000, sms_message_limit: 7 });
  });

  test("replaces what a service is allowed, but not that it sends emergency alerts", async () => {
    const { sql } = operators.world;
    const { id } = await newService();
    await sql`insert into service_permissions (service_id, permission) values (${id}, 'broadcast')`;

    const { body } = await operators.ask("POST", `/service/${id}`, { permissions: ["sms", "email_auth"] });

    expect(body.data.permissions).toEqual(["broadcast", "email_auth", "sms"]);
    const none = await operators.ask("POST", `/service/${id}`, { permissions: [] });
    expect(none.body.data.permissions).toEqual(["broadcast"]);
  });

  test.each([
    [{ permissions: ["fax"] }, { permissions: ["Invalid Service Permission: 'fax'"] }],
    [{ permissions: ["sms", "sms"] }, { permissions: ["Duplicate Service Permission: ['sms']"] }],
    [{ contact_link: "nowhere" }, { contact_link: [expect.stringContaining("must be a web address")] }],
    [
      { organisation_type: "club" },
      { organisation_type: [expect.stringMatching(/^Must be one of: central, .*/)] },
    ],
  ])("refuses %j", async (change, message) => {
    const { id } = await newService();

    expect(await operators.ask("POST", `/service/${id}`, change)).toMatchObject(refused(400, message));
  });

  test("refuses another's name", async () => {
    const [first, second] = [await newService(), await newService()];

    const answer = await operators.ask("POST", `/service/${second.id}`, { name: first.name });

    expect(answer).toMatchObject(refused(400, { name: [`Duplicate service name '${first.name}'`] }));
    // Its own is no other's.
    expect((await operators.ask("POST", `/service/${first.id}`, { name: first.name })).status).toBe(200);
  });

  test("emails come from an address made of what stands before it", async () => {
    const { id, name } = await newService();
    const change = async (changes: object) =>
      (await operators.ask("POST", `/service/${id}`, changes)).body.data.email_sender_local_part;

    expect(await change({ custom_email_sender_name: "Jo’s Office" })).toBe("jos.office");
    expect(await change({ name: `${name} North` })).toBe("jos.office");
    expect(await change({ notes: "x" })).toBe("jos.office");
    expect(await change({ custom_email_sender_name: null })).toMatch(/^service\.\d+\.north$/);
  });

  test("of many that take one name at once, one gets it", async () => {
    const services = await Promise.all(Array.from({ length: 5 }, () => newService()));

    const answers = await Promise.all(
      services.map(({ id }) => operators.ask("POST", `/service/${id}`, { name: "Wanted by All" })),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
  });

  test("changes are seen at once by what the service itself asks", async () => {
    const { world } = operators;
    const send = async () =>
      await fetch(`${world.apiUrl}/v2/notifications/sms`, {
        method: "POST",
        headers: await bearerOf(world.service.keys.normal),
        body: JSON.stringify({
          phone_number: "07400900111",
          template_id: world.service.templates.sms,
          personalisation: { name: "A", day: "B" },
        }),
      });
    expect((await send()).status).toBe(201);

    await operators.ask("POST", `/service/${world.service.id}`, { permissions: ["email"] });

    expect((await send()).status).toBe(400);
    await operators.ask("POST", `/service/${world.service.id}`, { permissions: ["sms", "email", "letter"] });
    expect((await send()).status).toBe(201);
  });
});

describe("GET /service", () => {
  test("lists all, those that are active, or one person's", async () => {
    const [kept, ended] = [await newService(), await newService()];
    await operators.ask("POST", `/service/${ended.id}/archive`);
    const list = async (query: string): Promise<string[]> =>
      (await operators.ask("GET", `/service${query}`)).body.data.map(({ id }: { id: string }) => id);

    expect(await list("")).toEqual(expect.arrayContaining([kept.id, ended.id, operators.world.service.id]));
    expect(await list("?only_active=True")).toContain(kept.id);
    expect(await list("?only_active=True")).not.toContain(ended.id);
    expect(await list(`?user_id=${kept.userId}`)).toEqual([kept.id]);
  });
});

describe("GET /service/find-services-by-name", () => {
  test("finds services by part of their names, whatever its case, and takes no sign for another", async () => {
    const { id } = await newService();
    await operators.ask("POST", `/service/${id}`, { name: "100% Parks_and Rec" });
    const find = async (part: string) =>
      (await operators.ask("GET", `/service/find-services-by-name?service_name=${encodeURIComponent(part)}`))
        .body;

    expect(await find("parks_AND")).toEqual({
      data: [{ id, name: "100% Parks_and Rec", active: true, restricted: expect.any(Boolean) }],
    });
    expect(await find("0% p")).toMatchObject({ data: [{ id }] });
    for (const nobody of ["parks%rec", "parks-and", "\0"]) expect(await find(nobody)).toEqual({ data: [] });
    expect(await find("")).toEqual({
      result: "error",
      message: { service_name: ["Missing data for required field."] },
    });
  });
});

describe("detailed=True", () => {
  test("adds what became of messages, of a service or of all", async () => {
    const { world } = operators;
    const { id } = world.service;
    await world.notification({ status: "delivered" });
    await world.notification({ status: "permanent-failure" });
    await world.notification({ status: "delivered", keyType: "test" });
    await world.notification({ status: "delivered", createdAt: new Date(Date.now() - 3 * 86_400_000) });
    const sms = async (path: string) => (await operators.ask("GET", path)).body.data.statistics.sms;
    const inAll = async (query: string) => {
      const { data } = (await operators.ask("GET", `/service?detailed=True${query}`)).body;
      return data.find((one: { id: string }) => one.id === id).statistics.sms;
    };
    const today = await sms(`/service/${id}?detailed=True&today_only=True`);
    const sentBefore = today.requested - 2;

    expect(today).toEqual({ requested: sentBefore + 2, delivered: 1, failed: 1 });
    expect(await sms(`/service/${id}?detailed=True`)).toMatchObject({
      requested: sentBefore + 3,
      delivered: 2,
    });
    expect(await inAll("")).toEqual({ requested: sentBefore + 3, delivered: 2, failed: 1 });
    expect(await inAll("&include_from_test_key=False")).toEqual(today);
    expect(await inAll("&start_date=2026-01-01&end_date=2026-01-02")).toMatchObject({ requested: 0 });
    expect((await operators.ask("GET", "/service?detailed=True&start_date=x")).status).toBe(400);
  });
});

describe("POST /service/{id}/archive", () => {
  test("ends a service, its templates and keys, and frees its name; twice is as once", async () => {
    const { sql } = operators.world;
    const service = await newService({ name: "To be Ended" });
    const path = `/service/${service.id}`;
    const key = { name: "Key", key_type: "normal", created_by: service.userId };
    await operators.ask("POST", `${path}/api-key`, key);
    await sql`
      insert into templates (service_id, name, template_type, content) values (${service.id}, 'T', 'sms', 'Hi')`;

    expect((await operators.ask("POST", `${path}/archive`)).status).toBe(204);
    const once = (await operators.ask("GET", path)).body.data;
    expect((await operators.ask("POST", `${path}/archive`)).status).toBe(204);

    expect(once.name).toMatch(/^_archived_\d{4}-\d\d-\d\d-\d\d:\d\d:\d\d_To be Ended$/);
    expect(once).toMatchObject({ active: false, version: 2 });
    expect((await operators.ask("GET", path)).body.data).toEqual(once);
    const [template] = await sql`select archived, version from templates where service_id = ${service.id}`;
    expect(template).toEqual({ archived: true, version: 2 });
    expect(
      await sql`select from api_keys where service_id = ${service.id} and expiry_date is null`,
    ).toHaveLength(0);
    await newService({ name: "To be Ended" });
  });
});

describe("people of a service", () => {
  test("come and go, but not the last who is active", async () => {
    const service = await newService();
    const [userId, idle] = [await newUser(), await newUser("pending")];
    const path = (id: string) => `/service/${service.id}/users/${id}`;
    const permissions = { permissions: [{ permission: "send_texts" }], folder_permissions: [] };

    expect(await operators.ask("POST", path(userId), permissions)).toMatchObject({
      status: 201,
      body: { data: { id: service.id } },
    });
    expect(await operators.ask("POST", path(userId), permissions)).toMatchObject(
      refused(400, `User id: ${userId} already part of service id: ${service.id}`),
    );
    await operators.ask("POST", path(idle), permissions);
    const { data } = (await operators.ask("GET", `/service/${service.id}/users`)).body;
    const found = data.find(({ id }: { id: string }) => id === userId);
    expect(found.permissions).toEqual({ [service.id]: ["send_texts"] });

    expect((await operators.ask("DELETE", path(service.userId))).status).toBe(204);
    expect(await operators.ask("DELETE", path(service.userId))).toMatchObject(refused(404, "User not found"));
    const last = await operators.ask("DELETE", path(userId));
    expect(last).toMatchObject(refused(400, "User cannot be removed from the service"));
  });

  test("have no rights but those there are", async () => {
    const service = await newService();
    const answer = await operators.ask("POST", `/service/${service.id}/users/${await newUser()}`, {
      permissions: [{ permission: "platform_admin" }],
    });

    expect(answer.status).toBe(400);
  });
});

describe("/user", () => {
  test("finds a person by id and by address, whatever its case", async () => {
    const id = await newUser();
    const { body } = await operators.ask("GET", `/user/${id}`);

    const address: string = body.data.email_address;
    const found = await operators.ask("GET", `/user/email?email=${address.toUpperCase()}`);
    expect(found.body).toEqual(body);
    expect((await operators.ask("GET", "/user/email?email=nobody@hall.example")).status).toBe(404);
  });

  test("refuses an address that another has", async () => {
    const user = { name: "Ann", email_address: "ann@hall.example", mobile_number: "07400900111" };
    expect((await operators.ask("POST", "/user", user)).status).toBe(201);

    const again = await operators.ask("POST", "/user", { ...user, email_address: "ANN@hall.example" });

    expect(again).toMatchObject(
      refused(400, { email_address: ["A user with this email address already exists"] }),
    );
  });
});

function withoutUser({ userId: _, ...service }: Awaited<ReturnType<typeof newService>>) {
  return service;
}
