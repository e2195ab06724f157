import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import * as v from "valibot";
import { type AttemptFacts, storeAttempts } from "../support/told-callbacks.ts";
import { openWorld, type World } from "../support/world.ts";

const secret = "a-secret-of-operators";
const unknownId = "99999999-9999-4999-8999-999999999999";
let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false, env: { ADMIN_CLIENT_SECRETS: secret } });
});

afterAll(() => world[Symbol.asyncDispose]());

async function ask(method: string, path: string, body?: unknown, key = secret) {
  const jwt = await new SignJWT({ iss: "notify-admin", iat: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(key));
  const response = await fetch(`${world.apiUrl}${path}`, {
    method,
    headers: { Authorization: `Bearer ${jwt}`, "Content-Type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function serviceWith(attempts: readonly AttemptFacts[]) {
  const { id: serviceId } = await world.addService(`Service ${crypto.randomUUID()}`);
  const { sql, cipher } = world;
  return { serviceId, subjects: await storeAttempts({ sql, cipher, serviceId }, attempts) };
}

const failure = (message: string) => ({
  status: 400,
  body: { status_code: 400, errors: [{ error: "ValidationError", message }] },
});
const refusal = (status: number, message: string) => ({ status, body: { result: "error", message } });
const Page = v.object({
  data: v.array(v.looseObject({ id: v.string() })),
  older_than: v.nullable(v.string()),
});
const Made = v.object({ data: v.looseObject({ id: v.string() }) });
const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
const hourAgo = () => new Date(Date.now() - 3_600_000).toISOString();

describe("GET /service/{id}/callback-attempts", () => {
  test("shows what came of telling a service", async () => {
    const { serviceId, subjects } = await serviceWith([
      {
        outcome: "refused",
        status: 404,
        error: null,
        reason: "Answered 404",
        excerpt: "Nobody\0 <b>",
        body: "secret",
      },
    ]);

    const answer = await ask("GET", `/service/${serviceId}/callback-attempts`);

    expect(answer).toEqual({
      status: 200,
      body: {
        data: [
          {
            id: expect.stringMatching(/^\d+-\d+$/),
            callback_type: "delivery_status",
            subject_id: subjects[0] ?? "",
            attempt: 1,
            at: instant,
            outcome: "refused",
            status_code: 404,
            error: null,
            detail: "Answered 404",
            address: "192.0.2.7",
            duration_ms: 5000,
            answer: "Nobody\0 <b>",
            replay_id: null,
          },
        ],
        older_than: null,
      },
    });
  });

  test("goes on where a page ended, and can be narrowed", async () => {
    const { serviceId } = await serviceWith([{}, { outcome: "failed" }, {}, { outcome: "delivered" }, {}]);
    const path = `/service/${serviceId}/callback-attempts`;

    const ids: string[] = [];
    for (let older: string | null = ""; older !== null; ) {
      const query: string = older === "" ? "" : `&older_than=${older}`;
      const page = v.parse(Page, (await ask("GET", `${path}?limit=2${query}`)).body);
      ids.push(...page.data.map(({ id }) => id));
      older = page.older_than;
    }
    const since = encodeURIComponent(hourAgo());
    const narrow = `${path}?callback_type=delivery_status&outcome=final-failure&since=${since}`;
    const narrowed = v.parse(Page, (await ask("GET", narrow)).body);

    expect(new Set(ids).size).toBe(5);
    expect(narrowed.data.map(({ id }) => id)).toEqual([0, 2, 4].map((at) => ids[at] ?? ""));
  });

  test.each([
    ["callback_type=gossip", /^callback_type gossip is not one of \[delivery_status, /],
    ["outcome=lost", /^outcome lost is not one of \[delivered, /],
    ["limit=0", /^limit must be a whole number from 1 to 250$/],
    ["limit=251", /^limit must be/],
    ["limit=1e2", /^limit must be/],
    ["older_than=9", /^older_than must be the id of an attempt in this list$/],
    ["older_than=1-2;drop", /^older_than must be/],
    [
      "since=yesterday",
      /^since must be a day or an instant with its zone, like 2026-07-01 or 2026-07-01T09:30:00Z$/,
    ],
    ["since=2026-02-31T00:00:00Z", /^since must be/],
    ["since=2999-01-01T00:00:00Z", /^since must not be in the future: it is 2/],
    ["colour=red", /^Additional properties are not allowed \(colour was unexpected\)$/],
  ])("does not take %s", async (query, message) => {
    const { status, body } = await ask("GET", `/service/${world.service.id}/callback-attempts?${query}`);

    expect(status).toBe(400);
    expect(body.errors).toEqual([{ error: "ValidationError", message: expect.stringMatching(message) }]);
  });

  test.each([unknownId, "nonsense"])("knows no service %s", async (id) => {
    expect(await ask("GET", `/service/${id}/callback-attempts`)).toEqual(refusal(404, "No result found"));
  });

  test("is for operators' programs alone", async () => {
    const path = `/service/${world.service.id}/callback-attempts`;
    expect((await ask("GET", path, undefined, "another-secret-0123")).status).toBe(403);
  });
});

describe("POST /service/{id}/callback-replays", () => {
  test("begins one, which can be read and cancelled", async () => {
    const { serviceId } = await serviceWith([{}]);
    const path = `/service/${serviceId}/callback-replays`;
    const since = hourAgo();

    const made = await ask("POST", path, { callback_type: "delivery_status", since });
    const second = await ask("POST", path, { since });
    const { id } = v.parse(Made, made.body).data;
    const read = await ask("GET", `${path}/${id}`);
    const listed = await ask("GET", path);
    const cancelled = await ask("POST", `${path}/${id}/cancel`);
    const again = await ask("POST", `${path}/${id}/cancel`);

    const replay = {
      id,
      service_id: serviceId,
      callback_type: "delivery_status",
      subject_id: null,
      outcome: "undelivered",
      since: `${since.slice(0, -1)}000Z`,
      created_at: instant,
      state: "running",
      ended_at: null,
      queued: 0,
      delivered: 0,
      undelivered: 0,
    };
    expect(made).toEqual({ status: 201, body: { data: replay } });
    expect(read).toEqual({ status: 200, body: { data: replay } });
    expect(listed).toEqual({ status: 200, body: { data: [replay] } });
    expect(second).toEqual(
      refusal(400, "A replay of this service is still running: wait until it has ended, or cancel it"),
    );
    expect(cancelled.body).toEqual({ data: { ...replay, state: "cancelled", ended_at: instant } });
    expect(again).toEqual(refusal(400, "The replay cannot be cancelled: it is cancelled"));
  });

  test("queues one thing at once", async () => {
    const { serviceId, subjects } = await serviceWith([{}]);
    const request = { callback_type: "delivery_status", subject_id: subjects[0] };

    const { status, body } = await ask("POST", `/service/${serviceId}/callback-replays`, request);

    expect(status).toBe(201);
    expect(body.data).toMatchObject({ state: "done", queued: 1, subject_id: subjects[0] });
  });

  test("cannot be read or cancelled as another service's", async () => {
    const { serviceId } = await serviceWith([{}]);
    const made = await ask("POST", `/service/${serviceId}/callback-replays`, { since: hourAgo() });
    const path = `/service/${world.service.id}/callback-replays/${v.parse(Made, made.body).data.id}`;

    expect(await ask("GET", path)).toEqual(refusal(404, "No result found"));
    expect(await ask("POST", `${path}/cancel`)).toEqual(refusal(404, "No result found"));
  });

  test.each<[string, object, ReturnType<typeof failure>]>([
    ["says nothing", {}, failure("since is a required property where subject_id is not given")],
    [
      "names one thing without its type",
      { subject_id: unknownId },
      failure("callback_type is a required property where subject_id is given"),
    ],
    [
      "names one thing and a time",
      { subject_id: unknownId, callback_type: "complaint", since: "2026-01-01T00:00:00Z" },
      failure("subject_id names one thing to tell again: leave out outcome and since"),
    ],
    [
      "has no instant",
      { since: 5 },
      failure("since must be a day or an instant with its zone, like 2026-07-01 or 2026-07-01T09:30:00Z"),
    ],
    ["has no id", { subject_id: "x", callback_type: "complaint" }, failure("subject_id is not a valid UUID")],
    [
      "has more than is known",
      { since: "2026-01-01T00:00:00Z", url: "https://x" },
      failure("Additional properties are not allowed (url was unexpected)"),
    ],
  ])("does not take what %s", async (_what, request, expected) => {
    expect(await ask("POST", `/service/${world.service.id}/callback-replays`, request)).toEqual(expected);
  });

  test.each([
    [{ since: "2999-01-01T00:00:00Z" }, "since must not be in the future: it is "],
    [
      { since: "2026-01-01T00:00:00Z", outcome: "failed" },
      "outcome failed is not one of [undelivered, exhausted, ",
    ],
    [
      { since: "2026-01-01T00:00:00Z", callback_type: "x" },
      "callback_type x is not one of [delivery_status, ",
    ],
  ])("says what %j should be", async (request, message) => {
    const { status, body } = await ask("POST", `/service/${world.service.id}/callback-replays`, request);

    expect(status).toBe(400);
    expect(body.errors[0].message).toStartWith(message);
  });

  test("says what stands in the way", async () => {
    const { subjects } = await serviceWith([{}]);
    const path = `/service/${world.service.id}/callback-replays`;
    const others = { callback_type: "delivery_status", subject_id: subjects[0] };

    const foreign = await ask("POST", path, others);
    const unset = await ask("POST", path, { callback_type: "complaint", since: hourAgo() });
    await world.sql`update service_callback_api set suspended_at = now() where service_id = ${world.service.id}`;
    const suspended = await ask("POST", path, { since: hourAgo() });

    expect([foreign.status, unset.status, suspended.status]).toEqual([400, 400, 400]);
    expect(foreign.body.message).toStartWith("There is no attempt at telling this service of ");
    expect(unset.body.message).toBe("The service has no complaint callback: set one first");
    expect(suspended.body.message).toMatch(
      /^The service's delivery_status callback is suspended since 2.*Z: resume it first$/,
    );
  });
});
