import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { scrypt } from "../../../api/serve.scrypt.ts";
import { startApi } from "../../../api/start.ts";
import { openWorld, type World } from "../../support/world.ts";
import { adminSecret, askInternally } from "./internal-client.ts";

const unknownId = "99999999-9999-4999-8999-999999999999";
const timestamp = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
let world: World;
let userId: string;

beforeAll(async () => {
  world = await openWorld({ worker: false, env: { ADMIN_CLIENT_SECRETS: adminSecret } });
  userId = crypto.randomUUID();
  await world.sql`insert into users (id, name, email_address) values (${userId}, 'Ann', ${`${userId}@team.example`})`;
});

beforeEach(async () => {
  await world.sql`truncate jobs, job_uploads, files, pgboss.job, notifications cascade`;
});

afterAll(() => world[Symbol.asyncDispose]());

const ask = (path: string, body?: object, serviceId = world.service.id) =>
  askInternally(`${world.apiUrl}/service/${serviceId}/job${path}`, { body });

let uploaded = 0;

async function upload({
  service = world.service,
  name = `file ${++uploaded}.csv`,
  type = "sms" as "sms" | "letter",
} = {}) {
  const query = new URLSearchParams({ template_id: service.templates[type], file_name: name });
  const csv =
    type === "sms"
      ? "phone number,name,day\n07400123456,Ann,Monday\n07400123457,Bo,Monday\n"
      : "address line 1,address line 2,postcode,name,day\nMs A,1 High St,ls14ap,Ann,Monday\n";
  const path = `${world.apiUrl}/service/${service.id}/upload-csv?${query}`;
  const { body } = await askInternally(path, { body: new TextEncoder().encode(csv) });
  return body.data.id as string;
}

const jobs = () => world.sql`select name, data, group_id, start_after > now() as later from pgboss.job`;

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

describe("POST /service/{id}/job", () => {
  test("makes a batch of an upload, and queues its processing with it", async () => {
    const id = await upload({ name: "people.csv" });

    const { status, body } = await ask("", { id, created_by: userId });

    expect(status).toBe(201);
    expect(body).toEqual({
      data: {
        id,
        service: world.service.id,
        service_name: { name: "Town Hall" },
        template: world.service.templates.sms,
        template_name: "Text",
        template_type: "sms",
        template_version: 1,
        original_file_name: "people.csv",
        notification_count: 2,
        job_status: "pending",
        created_by: { id: userId, name: "Ann" },
        created_at: timestamp,
        updated_at: null,
        scheduled_for: null,
        processing_started: null,
        processing_finished: null,
        archived: false,
        contact_list_id: null,
        statistics: [],
      },
    });
    expect((await ask(`/${id}`)).body).toEqual(body);
    expect(await jobs()).toMatchObject([
      { name: "process-batch", data: { batchId: id }, group_id: world.service.id, later: false },
    ]);
  });

  test("asked again it answers the same batch, which is processed once", async () => {
    const id = await upload();

    const answers = await Promise.all([1, 2, 3].map(() => ask("", { id, created_by: userId })));

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await jobs()).toHaveLength(1);
  });

  test("one for later waits for its time; without a zone that is UTC", async () => {
    const id = await upload();
    const at = inHours(30).slice(0, 19);

    const { body } = await ask("", { id, created_by: userId, scheduled_for: at });

    expect(body.data).toMatchObject({ job_status: "scheduled", scheduled_for: `${at}.000000Z` });
    expect(await jobs()).toMatchObject([{ name: "process-batch", later: true }]);
    expect((await ask("/scheduled-job-stats")).body).toEqual({
      count: 1,
      soonest_scheduled_for: `${at}.000000Z`,
    });
  });

  test("keeps the version of the template that somebody has seen", async () => {
    // Another's, since uploads to come are checked by the words as they then are.
    const service = await world.addService("Reworded");
    const id = await upload({ service });
    await world.sql`
      update templates set content = 'Other words ((word))', version = version + 1
      where id = ${service.templates.sms}`;

    expect((await ask("", { id }, service.id)).body.data.template_version).toBe(1);
  });

  test.each<[string, (id: string) => object, number, unknown]>([
    ["no id", () => ({}), 400, { id: ["Missing data for required field."] }],
    ["an unknown id", () => ({ id: unknownId }), 404, "No result found"],
    ["an id that is none", () => ({ id: "x" }), 400, { id: ["Not a valid UUID."] }],
    ["an unknown person", (id) => ({ id, created_by: unknownId }), 404, "No result found"],
    [
      "a time gone by",
      (id) => ({ id, scheduled_for: inHours(-1) }),
      400,
      { scheduled_for: ["Date cannot be in the past"] },
    ],
    [
      "a time too far away",
      (id) => ({ id, scheduled_for: inHours(7 * 24 + 1) }),
      400,
      { scheduled_for: ["Date cannot be more than 7 days in the future"] },
    ],
    [
      "a time that is none",
      (id) => ({ id, scheduled_for: "soon" }),
      400,
      { scheduled_for: ["Not a valid datetime."] },
    ],
  ])("refuses %s", async (_name, body, status, message) => {
    const id = await upload();

    expect(await ask("", body(id))).toEqual({ status, body: { result: "error", message } });
    expect(await jobs()).toHaveLength(0);
    expect((await ask("")).body.total).toBe(0);
  });

  test("knows no upload that is older than a week", async () => {
    const id = await upload();
    await world.sql`update job_uploads set created_at = now() - interval '169 hours' where id = ${id}`;

    expect((await ask("", { id })).status).toBe(404);
  });

  test("refuses a file with faults", async () => {
    const id = await upload();
    await world.sql`update job_uploads set valid = false where id = ${id}`;

    expect((await ask("", { id })).body).toEqual({
      result: "error",
      message: "File is not valid, can't create job",
    });
  });

  test("refuses a service that is switched off, letters in trial mode, and a template that was deleted since", async () => {
    const other = await world.addService("Off");
    const trial = await world.addService("Trial");
    const [letters, texts] = [
      await upload({ service: trial, type: "letter" }),
      await upload({ service: trial }),
    ];
    await world.sql`update services set active = false where id = ${other.id}`;
    await world.sql`update services set restricted = true where id = ${trial.id}`;
    await world.sql`update templates set archived = true where id = ${trial.templates.sms}`;
    // What is known of a service may be 2 seconds old: those of another process are not.
    await using fresh = await apiOf(world);
    const post = (id: string, serviceId: string) =>
      askInternally(`${fresh.url}/service/${serviceId}/job`, { body: { id } });

    expect(await post(unknownId, other.id)).toEqual({
      status: 403,
      body: { result: "error", message: "Create job is not allowed: service is inactive " },
    });
    expect(await post(letters, trial.id)).toEqual({
      status: 403,
      body: { result: "error", message: "Create letter job is not allowed for service in trial mode " },
    });
    expect(await post(texts, trial.id)).toEqual({
      status: 400,
      body: { result: "error", message: { template: ["Template has been deleted"] } },
    });
  });
});

describe("another service's batch", () => {
  test("is not there, whatever is asked of it", async () => {
    const other = await world.addService("Other");
    const id = await upload();

    expect((await ask("", { id }, other.id)).status).toBe(404);
    await ask("", { id, scheduled_for: inHours(2) });

    expect((await ask(`/${id}`, undefined, other.id)).status).toBe(404);
    expect((await ask(`/${id}/cancel`, {}, other.id)).status).toBe(404);
    expect((await ask(`/${id}/notification_count`, undefined, other.id)).status).toBe(404);
    expect((await ask("", undefined, other.id)).body).toEqual({
      data: [],
      page_size: 50,
      total: 0,
      links: {},
    });
    expect((await ask("/scheduled-job-stats", undefined, other.id)).body.count).toBe(0);
    expect((await ask(`/${id}`)).body.data.job_status).toBe("scheduled");
  });
});

describe("POST /service/{id}/job/{id}/cancel", () => {
  test("calls off what waits for its time, once, and nothing that has begun", async () => {
    const [later, begun] = [await upload(), await upload()];
    await ask("", { id: later, scheduled_for: inHours(2) });
    await ask("", { id: begun });

    const first = await ask(`/${later}/cancel`, {});

    expect(first.status).toBe(200);
    expect(first.body.data).toMatchObject({ id: later, job_status: "cancelled", updated_at: timestamp });
    for (const id of [later, begun, unknownId, "x"]) {
      expect(await ask(`/${id}/cancel`, {})).toEqual({
        status: 404,
        body: { result: "error", message: "No result found" },
      });
    }
    expect((await ask("/scheduled-job-stats")).body).toEqual({ count: 0, soonest_scheduled_for: null });
  });
});

describe("what became of a batch", () => {
  test("its messages are counted by status while they are there, later as the nights counted them", async () => {
    const id = await upload();
    await ask("", { id });
    for (const [row, status] of ["delivered", "delivered", "created"].entries()) {
      const notification = await world.notification({ status: status as "created" });
      await world.sql`update notifications set job_id = ${id}, job_row_number = ${row} where id = ${notification}`;
    }
    const statistics = async () => (await ask(`/${id}`)).body.data.statistics;

    expect(await statistics()).toEqual([]);
    await world.sql`update jobs set processing_started = now()`;
    const counted = [
      { status: "created", count: 1 },
      { status: "delivered", count: 2 },
    ];
    expect(await statistics()).toEqual(counted);
    expect((await ask("")).body.data[0].statistics).toEqual(counted);
    expect((await ask(`/${id}/notification_count`)).body).toEqual({ count: 3 });

    await world.sql`update jobs set processing_started = now() - interval '5 days'`;
    await world.sql`
      insert into ft_notification_status (bst_date, template_id, service_id, job_id, notification_type, key_type,
        notification_status, notification_count)
      values ('2026-01-01', ${world.service.templates.sms}, ${world.service.id}, ${id}, 'sms', 'normal', 'delivered', 3)`;
    expect(await statistics()).toEqual([{ status: "delivered", count: 3 }]);
  });
});

describe("GET /service/{id}/job", () => {
  test("lists what has not begun, then the latest to begin, by pages", async () => {
    await world.sql`
      insert into jobs (id, service_id, original_file_name, template_id, template_version, notification_count,
        job_status, processing_started, created_at)
      select gen_random_uuid(), ${world.service.id}, 'file ' || n, ${world.service.templates.sms}, 1, 1,
        case when n <= 2 then 'pending' else 'finished' end,
        case when n > 2 then now() - n * interval '1 hour' end, now() - n * interval '1 hour'
      from generate_series(1, 120) n`;
    await world.sql`
      insert into jobs (id, service_id, original_file_name, template_id, template_version, notification_count, created_at)
      select gen_random_uuid(), ${world.service.id}, name, ${world.service.templates.sms}, 1, 1, now()
      from unnest(array['Test message', 'Report']) name`;
    const names = ({ body }: { body: { data: { original_file_name: string }[] } }) =>
      body.data.map(({ original_file_name: name }) => name);
    const path = `/service/${world.service.id}/job`;

    const first = await ask("");
    const last = await ask("?page=3");

    expect(names(first)).toEqual(Array.from({ length: 50 }, (_, n) => `file ${n + 1}`));
    expect(first.body).toMatchObject({ page_size: 50, total: 120 });
    expect(first.body.links).toEqual({ next: `${path}?page=2`, last: `${path}?page=3` });
    expect(names(last)).toHaveLength(20);
    expect(last.body.links).toEqual({ prev: `${path}?page=2` });
    expect(names(await ask("?statuses=pending,%20scheduled"))).toEqual(["file 1", "file 2"]);
    expect(names(await ask("?statuses=%00,lost"))).toEqual([]);
    expect((await ask("?limit_days=0")).body.total).toBeLessThan(25);
    expect((await ask(`?contact_list_id=${unknownId}`)).body.total).toBe(0);
  });

  test.each(["?page=0", "?page=x", "?page=1e9", "?limit_days=x", "?limit_days=-1"])(
    "refuses %s",
    async (query) => {
      expect((await ask(query)).status).toBe(400);
    },
  );
});

/** The same installation's API, knowing nothing yet. */
async function apiOf({ config, log }: World) {
  const api = await startApi({ config, log, scrypt });
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => api.app.fetch(request) });
  return {
    url: `http://127.0.0.1:${server.port}`,
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await api.close();
    },
  };
}
