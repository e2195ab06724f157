import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { processBatch } from "../../../worker/tasks/batches/process-batch.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World, type WorldService } from "../../support/world.ts";
import { jobsOf, workRows } from "../../worker/batches/work.ts";
import { never } from "../../worker/providers/provider-server.ts";
import { bearerOf } from "../bearer-of.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`truncate notifications, letters, job_row_groups, jobs, service_counters, files, idempotency_keys`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

interface Asked {
  key?: string;
  idempotencyKey?: string;
  apiUrl?: string;
}

async function post(body: unknown, { key, idempotencyKey, apiUrl = world.apiUrl }: Asked = {}) {
  const response = await fetch(`${apiUrl}/v2/notifications/bulk`, {
    method: "POST",
    headers: {
      ...(await bearerOf(key ?? world.service.keys.normal)),
      ...(idempotencyKey && { "Idempotency-Key": idempotencyKey }),
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

async function get(path: string, key = world.service.keys.normal, apiUrl = world.apiUrl) {
  const response = await fetch(`${apiUrl}/v2/notifications/bulk/${path}`, { headers: await bearerOf(key) });
  return { status: response.status, body: await response.json() };
}

const ofTemplate = (more: object, service = world.service) => ({
  template_id: service.templates.sms,
  ...more,
});
const people = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    "phone number": `07900${String(900_000 - n).padStart(6, "0")}`,
    name: `Ada ${n}`,
    day: "Monday",
  }));

async function work(id: string): Promise<void> {
  await processBatch({ batchId: id }, world.deps, never);
  await workRows(world, id);
}

async function rowsOf(id: string) {
  return [
    ...(await world.sql`
      select job_row_number as number, recipient, client_reference as reference, key_type as key, status
      from notifications where job_id = ${id} order by 1`),
  ];
}

const stored = async () =>
  [
    await world.sql`select count(*)::integer from jobs`,
    await world.sql`select count(*)::integer from files`,
    await jobsOf(world, "process-batch"),
  ].map((rows) => ("count" in (rows[0] ?? {}) ? (rows[0] as { count: number }).count : rows.length));

async function smsCount(service: WorldService = world.service): Promise<number> {
  const [row] = await world.sql<{ sms: number }[]>`
    select sms::integer from service_counters where service_id = ${service.id}`;
  return row?.sms ?? 0;
}

describe("POST /v2/notifications/bulk", () => {
  test("takes objects, and answers with the batch as it is read", async () => {
    const { status, body } = await post(ofTemplate({ name: "November", rows: people(3) }));

    expect(status).toBe(201);
    expect(body).toEqual({
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      id: expect.any(String),
      links: { current: `${world.apiUrl}/v2/notifications/bulk/${body.id}` },
      name: "November",
      processing_finished: null,
      processing_started: null,
      rows: { failed: 0, skipped: 0, stored: 0, total: 3 },
      scheduled_for: null,
      status: "pending",
      template: {
        id: world.service.templates.sms,
        uri: `${world.apiUrl}/v2/template/${world.service.templates.sms}/version/1`,
        version: 1,
      },
    });
    expect(await get(body.id)).toEqual({ status: 200, body });
    await work(body.id);
    expect(await rowsOf(body.id)).toEqual(
      people(3).map((row, number) => ({
        number,
        recipient: row["phone number"],
        reference: null,
        key: "normal",
        status: "created",
      })),
    );
    expect((await get(body.id)).body).toMatchObject({
      status: "finished all notifications created",
      rows: { failed: 0, skipped: 0, stored: 3, total: 3 },
      processing_started: expect.any(String),
      processing_finished: expect.any(String),
    });
  });

  test.each([
    [
      "lists, the first of which has the names",
      {
        rows: [
          ["Phone_Number", "NAME", "day", "reference"],
          ["07900900123", "Ada", "Monday", "mine"],
          ["07900900124", ["Bo", "Cy"], 5],
        ],
      },
    ],
    [
      "CSV",
      {
        csv: "Phone-Number,name,name,day,reference\r\n07900900123,Ada,,Monday,mine\r\n07900900124,Bo,Cy,5,\r\n",
      },
    ],
  ])("takes %s", async (_, rows) => {
    const { status, body } = await post(ofTemplate({ reference: "all", ...rows }));

    expect({ status, total: body.rows?.total }).toEqual({ status: 201, total: 2 });
    await work(body.id);
    expect(await rowsOf(body.id)).toMatchObject([
      { recipient: "07900900123", reference: "mine" },
      { recipient: "07900900124", reference: "all" },
    ]);
    const client = world.client();
    const { notifications } = (await client.getNotifications(undefined, undefined, "all")).data;
    expect(notifications).toEqual([]);
    const [second] = await world.sql<{ id: string }[]>`select id from notifications where job_row_number = 1`;
    const shown = (await client.getNotificationById(second?.id ?? "")).data;
    expect(shown.body).toBe("Hello Bo and Cy, come on 5");
  });

  test("is sent by the worker", async () => {
    await using whole = await openWorld();

    const { body } = await post(
      {
        template_id: whole.service.templates.email,
        rows: [{ "email address": "a@example.com", name: "Ada", day: "Monday" }],
      },
      { key: whole.service.keys.normal, apiUrl: whole.apiUrl },
    );

    await until(() => whole.sandbox.messages().some(({ channel }) => channel === "email"), "it is sent");
    // Noted once the rows are stored, which the message need not wait for.
    const progress = await until(async () => {
      const answer = await get(body.id, whole.service.keys.normal, whole.apiUrl);
      return answer.body.status === "finished all notifications created" && answer;
    }, "the batch is done");
    expect(progress.body).toMatchObject({ rows: { stored: 1 } });
  });

  test("takes letters", async () => {
    const { body } = await post({
      template_id: world.service.templates.letter,
      rows: [
        {
          "address line 1": "Ada",
          address_line_2: "1 High Street",
          postcode: "LS1 4AP",
          name: "Ada",
          day: "Monday",
        },
      ],
    });

    await work(body.id);

    expect(await rowsOf(body.id)).toMatchObject([{ recipient: "Ada\n1 High Street\nLS1 4AP" }]);
    expect(await jobsOf(world, "create-letter-pdf")).toHaveLength(1);
  });

  test("begins later where it is told to", async () => {
    const at = new Date(Date.now() + 3_600_000);

    const { body } = await post(ofTemplate({ rows: people(1), scheduled_for: at.toISOString() }));

    expect(body).toMatchObject({ status: "scheduled", scheduled_for: at.toISOString().replace("Z", "000Z") });
    const [job] = await world.sql`select start_after from pgboss.job where name = 'process-batch'`;
    expect(job?.start_after).toEqual(at);
    expect(await smsCount()).toBe(0);
    await processBatch({ batchId: body.id }, world.newDeps({ now: () => at }), never);
    expect(await smsCount()).toBe(1);
  });

  test("keeps the type of the key it came with", async () => {
    const { body } = await post(ofTemplate({ rows: people(2) }), { key: world.service.keys.test });
    await work(body.id);

    expect(await rowsOf(body.id)).toMatchObject([{ key: "test" }, { key: "test" }]);
    expect(await jobsOf(world, "deliver-research")).toHaveLength(2);
    expect(await smsCount()).toBe(0);
  });
});

describe("what is wrong with rows", () => {
  test("is all counted, and told of the first hundred, with nothing stored", async () => {
    const rows = [
      ...Array.from({ length: 150 }, () => ({ "phone number": "12", name: "Ada", day: "Monday" })),
      ...people(1),
    ];

    const { status, body } = await post(ofTemplate({ rows }));

    expect(status).toBe(400);
    expect(body.errors).toHaveLength(101);
    expect(body.errors[0]).toEqual({
      error: "BadRequestError",
      message: "There is a problem with 150 rows",
      rows: 150,
    });
    expect(body.errors[100]).toEqual({
      error: "ValidationError",
      message: "Row 100: phone number: Mobile number is too short",
      row: 100,
    });
    expect(await stored()).toEqual([0, 0, 0]);
    expect(await smsCount()).toBe(0);
  });

  test.each([
    ["a value that is missing", { "phone number": "07900900123", name: null, day: "x" }, "name: Missing"],
    ["an object", { ...people(1)[0], name: { file: "x" } }, "cannot contain objects"],
    ["a NUL", { ...people(1)[0], name: "a\0" }, "must not contain NUL characters or unpaired surrogates"],
    ["a long message", { ...people(1)[0], name: "x".repeat(918) }, "Message is too long"],
    ["a long reference", { ...people(1)[0], reference: "x".repeat(1001) }, "reference: is too long"],
    ["what is no row", "07900900123", "is not of type object"],
  ])("is told of %s", async (_, row, message) => {
    const { status, body } = await post(ofTemplate({ rows: [row, ...people(1)] }));

    expect(status).toBe(400);
    expect(body.errors.map((entry: { message: string }) => entry.message)).toEqual([
      "There is a problem with 1 row",
      `Row 1: ${message}`,
    ]);
  });

  test("is told of who may not be sent to", async () => {
    const { body } = await post(ofTemplate({ rows: people(1) }), { key: world.service.keys.team });

    expect(body.errors[1].message).toBe("Row 1: Can’t send to this recipient using a team-only API key");
  });
});

test.each([
  [{}, "Send either rows or csv"],
  [{ rows: [], csv: "a" }, "Send either rows or csv"],
  [{ rows: [] }, "The file has no column for: name, day, phone number"],
  [{ rows: [["phone number", "name", "day"]] }, "There are no rows"],
  [{ rows: [{ name: "Ada" }] }, "The file has no column for: day, phone number"],
  [
    { csv: "phone number,phone_number,name,day\n1,2,3,4" },
    "The file has more than one column for the recipient: phone number, phone_number",
  ],
  [{ csv: "phone number,name,day\n\0" }, "Notify cannot read this file - try using a different file type"],
  [{ rows: "x" }, "rows x is not of type array"],
  [{ rows: [], name: "" }, "name cannot be empty"],
  [{ rows: [], scheduled_for: "2020-01-01T00:00:00Z" }, "scheduled_for datetime can not be in the past"],
  [
    { rows: [], scheduled_for: "2099-01-01T00:00:00Z" },
    "scheduled_for datetime can only be 7 days in the future",
  ],
  [{ rows: [{}], extra: 1 }, "Additional properties are not allowed (extra was unexpected)"],
])("refuses %j", async (body, message) => {
  const answer = await post(ofTemplate(body));

  expect({ status: answer.status, message: answer.body.errors[0].message }).toEqual({ status: 400, message });
  expect(await stored()).toEqual([0, 0, 0]);
});

test("refuses another service's template, and one that is deleted", async () => {
  const other = await world.addService("Other");
  const refused = async (template_id: string) =>
    (await post({ template_id, rows: people(1) })).body.errors[0].message;
  expect(await refused(other.templates.sms)).toBe("Template not found");
  await world.sql`update templates set archived = true where id = ${other.templates.email}`;

  expect(
    (await post({ template_id: other.templates.email, rows: people(1) }, { key: other.keys.normal })).body
      .errors[0].message,
  ).toBe("Template has been deleted");
});

test("refuses more than 50,000 rows", async () => {
  const rows = ["phone number,name,day", ...Array.from({ length: 50_001 }, () => "07900900123,a,b")];

  const { status, body } = await post(ofTemplate({ csv: rows.join("\n") }));

  expect({ status, message: body.errors[0].message }).toEqual({
    status: 400,
    message: "rows cannot be more than 50000",
  });
});

describe("limits", () => {
  test("of the day refuse a batch whole that they have no room for", async () => {
    const service = await world.addService("Small");
    await world.sql`update services set sms_message_limit = 5 where id = ${service.id}`;
    const ask = (count: number) =>
      post(ofTemplate({ rows: people(count) }, service), { key: service.keys.normal });

    expect((await ask(6)).status).toBe(429);
    expect((await ask(3)).status).toBe(201);
    const over = await ask(3);
    expect((await ask(2)).status).toBe(201);

    expect(over).toMatchObject({
      status: 429,
      body: {
        errors: [{ error: "TooManyRequestsError", message: "Exceeded send limits (sms: 5) for today" }],
        status_code: 429,
      },
    });
    expect(await smsCount(service)).toBe(5);
    expect(await stored()).toEqual([2, 2, 2]);
  });

  test("of texts abroad refuse a batch whole too", async () => {
    const service = await world.addService("Homely");
    await world.sql`update services set international_sms_message_limit = 1 where id = ${service.id}`;
    const rows = ["33612345678", "33612345679"].map((to) => ({ "phone number": to, name: "A", day: "B" }));
    const ask = (count: number) =>
      post(ofTemplate({ rows: rows.slice(0, count) }, service), { key: service.keys.normal });

    expect((await ask(2)).body.errors).toEqual([
      { error: "TooManyRequestsError", message: "Exceeded send limits (international_sms: 1) for today" },
    ]);
    expect((await ask(1)).status).toBe(201);
  });

  test("of requests count one, whatever it holds", async () => {
    // Three requests at once, and another every quarter of a minute.
    const service = await world.addService("Slow");
    await world.sql`update services set rate_limit = 4 where id = ${service.id}`;
    const key = service.keys.normal;

    await post(ofTemplate({ rows: people(20) }, service), { key });
    await post(ofTemplate({ rows: [] }, service), { key });

    const [row] = await world.sql`select tokens from service_counters where service_id = ${service.id}`;
    expect(row?.tokens[0]).toBe(1);
  });
});

describe("an Idempotency-Key", () => {
  test("makes one batch of the same request sent twice", async () => {
    const body = ofTemplate({ rows: people(2) });
    const first = await post(body, { idempotencyKey: "key-1" });
    const again = await post(body, { idempotencyKey: "key-1" });

    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect(await stored()).toEqual([1, 1, 1]);
    expect(await smsCount()).toBe(2);
  });

  test("makes one of two sent at the same time", async () => {
    const body = ofTemplate({ rows: people(300) });
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => post(body, { idempotencyKey: "key-1" })),
    );

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    expect(await stored()).toEqual([1, 1, 1]);
  });

  test("is refused for another request", async () => {
    await post(ofTemplate({ rows: people(2) }), { idempotencyKey: "key-1" });

    const { status } = await post(ofTemplate({ rows: people(3) }), { idempotencyKey: "key-1" });

    expect(status).toBe(422);
    expect(await stored()).toEqual([1, 1, 1]);
  });

  test("is not kept for what was over a limit", async () => {
    const service = await world.addService("Tiny");
    await world.sql`update services set sms_message_limit = 1 where id = ${service.id}`;
    const body = ofTemplate({ rows: people(2) }, service);
    expect((await post(body, { key: service.keys.normal, idempotencyKey: "k" })).status).toBe(429);

    const kept = await world.sql`select from idempotency_keys`;

    expect(kept).toHaveLength(0);
  });
});

describe("GET /v2/notifications/bulk/{id}", () => {
  test("shows no other service's", async () => {
    const { body } = await post(ofTemplate({ rows: people(1) }));
    const other = await world.addService("Stranger");

    expect(await get(body.id, other.keys.normal)).toEqual({
      status: 404,
      body: { errors: [{ error: "NoResultFound", message: "No result found" }], status_code: 404 },
    });
  });

  test("wants an id", async () => {
    expect((await get("x")).body.errors).toEqual([
      { error: "ValidationError", message: "batch_id is not a valid UUID" },
    ]);
  });
});
