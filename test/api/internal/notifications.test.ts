import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type Operators, openOperators, refused, unknownId } from "./operators.ts";

let operators: Operators;

beforeAll(async () => {
  operators = await openOperators();
});

beforeEach(async () => {
  await operators.world.sql`truncate notifications, letters, template_redacted, jobs cascade`;
});

afterAll(() => operators.world[Symbol.asyncDispose]());

const path = (rest = "") => `/service/${operators.world.service.id}/notifications${rest}`;
const ids = (body: { notifications: { id: string }[] }) => body.notifications.map(({ id }) => id);
const at = (minute: number) => new Date(Date.UTC(2026, 6, 5, 12, minute));

async function list(query = ""): Promise<string[]> {
  const { status, body } = await operators.ask("GET", path(query));
  expect(status).toBe(200);
  return ids(body);
}

describe("GET /service/{id}/notifications", () => {
  test("shows a message with all there is of it", async () => {
    const { world } = operators;
    const { data } = await world.client().sendSms(world.service.templates.sms, "07700 900123", {
      personalisation: { name: "Ada", day: "Monday" },
      reference: "Visit-1",
    });

    const { body } = await operators.ask("GET", path());

    expect(body).toEqual({ notifications: [expect.anything()], page_size: 50, links: {} });
    expect(body.notifications[0]).toEqual({
      id: data.id,
      to: "07700 900123",
      normalised_to: "447700900123",
      notification_type: "sms",
      status: "created",
      key_type: "normal",
      key_name: "normal",
      service: world.service.id,
      api_key: expect.any(String),
      reference: null,
      client_reference: "Visit-1",
      personalisation: { name: "Ada", day: "Monday" },
      billable_units: 0,
      international: false,
      phone_prefix: "44",
      rate_multiplier: 1,
      reply_to_text: "TownHall",
      postage: null,
      sent_by: null,
      job_row_number: null,
      document_download_count: null,
      unsubscribe_link: null,
      created_at: expect.stringMatching(/Z$/),
      sent_at: null,
      updated_at: null,
      job: null,
      created_by: null,
      template: {
        id: world.service.templates.sms,
        version: 1,
        name: "Text",
        template_type: "sms",
        content: "Hello ((name)), come on ((day))",
        subject: null,
        redact_personalisation: false,
        is_precompiled_letter: false,
      },
    });
    const one = await operators.ask("GET", path(`/${data.id}`));
    expect(one.body).toEqual(body.notifications[0]);
  });

  test("hides what a redacting template was filled in with", async () => {
    const { world } = operators;
    const [user] = await world.sql<{ id: string }[]>`
      insert into users (name, email_address) values ('Ada', 'redacts@example.com') returning id`;
    const id = await world.notification();
    await operators.ask("POST", `/service/${world.service.id}/template/${world.service.templates.sms}`, {
      redact_personalisation: true,
      created_by: user?.id,
    });

    const answers = [await operators.ask("GET", path()), await operators.ask("GET", path(`/${id}`))];

    for (const { text } of answers) {
      expect(text).not.toContain("Monday");
      expect(text).toContain('"personalisation":{}');
      expect(text).toContain('"redact_personalisation":true');
    }
  });

  test("lists pages, and says whether others are before and after", async () => {
    const made: string[] = [];
    for (const minute of [0, 1, 2, 3, 4])
      made.unshift(await operators.world.notification({ createdAt: at(minute) }));

    const pages = [1, 2, 3].map((page) => operators.ask("GET", path(`?page=${page}&page_size=2`)));
    const [first, second, third] = (await Promise.all(pages)).map(({ body }) => body);

    expect([first, second, third].flatMap(ids)).toEqual(made);
    expect([first.links, second.links, third.links]).toEqual([
      { next: true },
      { prev: true, next: true },
      { prev: true },
    ]);
    expect((await operators.ask("GET", path("?page=4&page_size=2"))).status).toBe(404);
  });

  test("lists what is asked for", async () => {
    const { world } = operators;
    const sms = await world.notification({ createdAt: new Date() });
    const email = await world.notification({
      channel: "email",
      status: "permanent-failure",
      createdAt: at(2),
    });
    const letter = await world.notification({ channel: "letter", status: "delivered", createdAt: at(1) });
    const tried = await world.notification({ keyType: "test", createdAt: at(0) });
    await world.sql`update notifications set api_key_id = ${unknownId} where id <> ${letter}`;

    expect(await list()).toEqual([sms, email, letter]);
    expect(await list("?template_type=sms&template_type=letter")).toEqual([sms, letter]);
    expect(await list("?status=failed")).toEqual([email]);
    expect(await list("?status=received&status=created")).toEqual([sms, letter]);
    expect(await list("?include_from_test_key=true")).toEqual([sms, email, letter, tried]);
    expect(await list("?include_one_off=False")).toEqual([sms, email]);
    expect(await list("?limit_days=1")).toEqual([sms]);
  });

  test("shows who sent a message by hand", async () => {
    const { world } = operators;
    const [user] = await world.sql<{ id: string }[]>`
      insert into users (name, email_address) values ('Bea', 'bea@example.com') returning id`;
    const id = await world.notification();
    await world.sql`update notifications set created_by_id = ${user?.id ?? ""} where id = ${id}`;

    const { body } = await operators.ask("GET", path(`/${id}`));
    const { body: rows } = await operators.ask("GET", path("/csv"));

    expect(body.created_by).toEqual({ id: user?.id, name: "Bea", email_address: "bea@example.com" });
    expect(rows.notifications).toMatchObject([
      { created_by_name: "Bea", created_by_email_address: "bea@example.com" },
    ]);
  });

  test("shows the spreadsheet a message came from, or leaves those out", async () => {
    const { world } = operators;
    const id = await world.notification();
    const [job] = await world.sql<{ id: string }[]>`
      insert into jobs (id, service_id, original_file_name, template_id, template_version, notification_count,
        created_at)
      values (gen_random_uuid(), ${world.service.id}, 'people.csv', ${world.service.templates.sms}, 1, 1, now())
      returning id`;
    await world.sql`update notifications set job_id = ${job?.id ?? ""}, job_row_number = 4 where id = ${id}`;

    const { body } = await operators.ask("GET", path());

    expect(body.notifications).toMatchObject([
      { job: { id: job?.id, original_file_name: "people.csv" }, job_row_number: 4 },
    ]);
    expect(await list("?include_jobs=false")).toEqual([]);
    const rows = await operators.ask("GET", path("/csv"));
    expect(rows.body.notifications).toMatchObject([{ job_name: "people.csv", row_number: 5 }]);
  });

  test.each([
    ["?page=0", { page: ["Must be a whole number from 1 to 10000."] }],
    ["?page_size=5000", { page_size: ["Must be a whole number from 1 to 1000."] }],
    ["?older_than=x", { older_than: ["Not a valid UUID."] }],
    ["?to=%00", { to: ["Not a valid string."] }],
  ])("refuses %s", async (query, message) => {
    expect(await operators.ask("GET", path(query))).toMatchObject({
      status: 400,
      body: { result: "error", message },
    });
  });

  test("knows nothing of other services", async () => {
    const other = await operators.world.addService("Other");
    const theirs = await operators.world.notification({
      serviceId: other.id,
      templateId: other.templates.sms,
      clientReference: "theirs",
    });

    expect(await list()).toEqual([]);
    expect(await list("?to=07700900123")).toEqual([]);
    expect(await list("?to=theirs")).toEqual([]);
    expect((await operators.ask("GET", path(`/${theirs}`))).status).toBe(404);
    expect((await operators.ask("GET", path(`/csv?older_than=${theirs}`))).body.notifications).toEqual([]);
    expect((await operators.ask("GET", `/service/${unknownId}/notifications`)).status).toBe(404);
  });
});

describe("looking for a recipient or a reference", () => {
  const search = async (to: string, more: object = {}) =>
    ids((await operators.ask("POST", path(), { to, ...more })).body);

  test("finds it whole or in part, however it is typed", async () => {
    const { world } = operators;
    const sms = await world.notification({ clientReference: "Case 100%", createdAt: at(2) });
    const email = await world.notification({ channel: "email", createdAt: at(1) });
    const letter = await world.notification({ channel: "letter", createdAt: at(0) });

    for (const typed of ["07700 900123", "+44 7700 900123", "(07700) 900-123", "7700900", "00123"]) {
      expect(await search(typed)).toEqual([sms]);
      expect(await search(typed, { template_type: ["sms"] })).toEqual([sms]);
    }
    for (const typed of ["ada@example.com", "ADA@EXAMPLE.COM", "@example"]) {
      expect(await search(typed)).toEqual([email]);
    }
    for (const typed of ["1 Mill Lane", "ls1 4ap"]) expect(await search(typed)).toEqual([letter]);
    for (const typed of ["Case 100%", "case", "100%"]) expect(await search(typed)).toEqual([sms]);
    expect(await search("ada")).toEqual([email, letter]);
    expect(await search("ada", { template_type: "letter" })).toEqual([letter]);
    for (const typed of ["nobody", "_", "10_"]) expect(await search(typed)).toEqual([]);
  });
});

test("rows for a spreadsheet say in words what became of each message, by London's clock", async () => {
  const { world } = operators;
  const failed = await world.notification({
    status: "permanent-failure",
    createdAt: at(1),
    clientReference: "r",
  });
  const letter = await world.notification({ channel: "letter", status: "delivered", createdAt: at(0) });

  const first = (await operators.ask("GET", path("/csv?page_size=1"))).body;
  const next = (await operators.ask("GET", path(`/csv?page_size=1&older_than=${first.notifications[0].id}`)))
    .body;

  expect(first).toEqual({
    page_size: 1,
    notifications: [
      {
        id: failed,
        row_number: "",
        recipient: "07700 900123",
        client_reference: "r",
        template_name: "Text",
        template_type: "sms",
        job_name: "",
        status: "Phone number doesn’t exist",
        created_at: "2026-07-05 13:01:00",
        created_by_name: "",
        created_by_email_address: "",
        api_key_name: null,
      },
    ],
  });
  expect(next.notifications).toMatchObject([{ id: letter, status: "Received" }]);
});

test("only a letter of the service is shown as it is printed", async () => {
  const { world } = operators;
  const letter = await world.notification({ channel: "letter" });
  const sms = await world.notification();
  const preview = (id: string, type: string) =>
    operators.ask("GET", `/service/${world.service.id}/template/preview/${id}/${type}`);

  expect((await preview(letter, "pdf")).body.message).toBe("This letter has no PDF");
  expect((await preview(letter, "gif")).body.message).toBe("file_type must be pdf or png");
  expect((await preview(sms, "pdf")).status).toBe(404);
});

test("a letter's picture that no worker draws is to be asked for again", async () => {
  const { world } = operators;
  const letter = await world.notification({
    channel: "letter",
    precompiled: true,
    status: "validation-failed",
  });

  const answer = await operators.ask("GET", `/service/${world.service.id}/template/preview/${letter}/png`);

  expect(answer).toMatchObject(refused(503, "This letter was not drawn in time, try again later"));
});
