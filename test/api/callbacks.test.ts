import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import * as v from "valibot";
import { createCallbackDesk } from "../../api/internal/callbacks/desk.ts";
import { callbackRoutes } from "../../api/internal/callbacks/routes.ts";
import { bearerTokenOf, findCallbackTarget } from "../../shared/callback/queries.ts";
import { storeTrialResult } from "../../shared/callback/trial.ts";
import { callbackTypes } from "../../shared/service/callback-types.ts";
import { createService } from "../../shared/service/setup.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

const secret = "a-secret-of-operators";
const userId = "11111111-1111-4111-8111-111111111111";
const unknownId = "99999999-9999-4999-8999-999999999999";
const token = "a-secret-bearer-token";
const url = "https://hall.example/told";
let world: World;

beforeAll(async () => {
  // With the rules for URLs that production has.
  const env = { ADMIN_CLIENT_SECRETS: secret, NOTIFY_ENVIRONMENT: "preview", CALLBACK_ALLOWED_CIDRS: "" };
  world = await openWorld({ worker: false, env });
});

afterAll(() => world[Symbol.asyncDispose]());

let made = 0;
const newService = () =>
  createService(world.sql, { name: `Hall ${++made}`, restricted: true, smsSender: "Hall", replyTo: null });

async function request(method: string, path: string, body?: unknown, key = secret): Promise<Response> {
  const jwt = await new SignJWT({ iss: "notify-admin", iat: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(key));
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return await fetch(`${world.apiUrl}${path}`, {
    method,
    headers: { Authorization: `Bearer ${jwt}`, "Content-Type": "application/json" },
    ...(body !== undefined && { body: text }),
  });
}

async function answer(method: string, path: string, body?: unknown) {
  const response = await request(method, path, body);
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text), text };
}

const valid = { url, bearer_token: token, updated_by_id: userId, callback_type: "delivery_status" };
const Created = v.object({ data: v.looseObject({ id: v.string(), signing_secret: v.string() }) });

async function newCallback(over: object = {}) {
  const serviceId = await newService();
  const { body } = await answer("POST", `/service/${serviceId}/callback-api`, { ...valid, ...over });
  const { id, signing_secret: signingSecret } = v.parse(Created, body).data;
  return { serviceId, id, path: `/service/${serviceId}/callback-api/${id}`, signingSecret };
}

const failure = (...messages: string[]) => ({
  status_code: 400,
  errors: messages.map((message) => ({ error: "ValidationError", message })),
});

describe("POST /service/{id}/callback-api", () => {
  test.each(callbackTypes)("sets where %s is told, and shows the signing secret once", async (type) => {
    const serviceId = await newService();

    const { status, body } = await answer("POST", `/service/${serviceId}/callback-api`, {
      ...valid,
      callback_type: type,
    });

    expect({ status, body }).toEqual({
      status: 201,
      body: {
        data: {
          id: expect.any(String),
          service_id: serviceId,
          url,
          updated_by_id: userId,
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
          updated_at: null,
          signing_secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
        },
      },
    });
    const target = await findCallbackTarget(world.sql, serviceId, type);
    expect(await world.cipher.decrypt(target?.bearerToken ?? "", bearerTokenOf(target?.id ?? ""))).toBe(
      token,
    );
  });

  test("takes one of each type", async () => {
    const { serviceId } = await newCallback();

    expect(await answer("POST", `/service/${serviceId}/callback-api`, valid)).toMatchObject({
      status: 400,
      body: { result: "error", message: "You can only have one URL and bearer token for your service." },
    });
  });

  test.each([unknownId, "not-an-id"])("knows no service %s", async (serviceId) => {
    expect(await answer("POST", `/service/${serviceId}/callback-api`, valid)).toMatchObject({
      status: 404,
      body: { result: "error", message: "No result found" },
    });
  });

  const notHttps = "url is not a valid https url";
  test.each<[what: string, over: object, message: string | RegExp]>([
    ["no URL", { url: "not a url" }, notHttps],
    ["half a URL", { url: "https not a url" }, notHttps],
    ["http", { url: "http://valid.example" }, notHttps],
    ["a scheme that begins https", { url: "httpsx://valid.example" }, notHttps],
    ["a URL without a host", { url: "https://" }, notHttps],
    ["a number for a URL", { url: 12 }, notHttps],
    ["an empty URL", { url: "" }, notHttps],
    ["a NUL in the URL", { url: "https://hall.example/\0" }, /^url must /],
    ["half a surrogate pair in the URL", { url: "https://hall.example/\ud800" }, /^url must not contain/],
    ["a user in the URL", { url: "https://user:pass@hall.example" }, /^url must have no user name/],
    ["an address of this machine", { url: "https://127.1.2.3/" }, /^url must not lead to 127\.1\.2\.3/],
    ["a decimal address", { url: "https://2130706433/" }, /^url must not lead to 127\.0\.0\.1/],
    ["a cloud's metadata", { url: "https://169.254.169.254/latest" }, /^url must not lead to 169/],
    ["an IPv6 loopback", { url: "https://[::1]/" }, /^url must not lead to .*::1/],
    ["a port for mail", { url: "https://hall.example:25/" }, /^url must have port 443/],
    [
      "a long URL",
      { url: `https://hall.example/${"a".repeat(2048)}` },
      "url must have at most 2048 characters",
    ],
    ["a short token", { bearer_token: "short-one" }, "bearer_token is too short"],
    ["a long token", { bearer_token: "secret".repeat(50) }, "bearer_token is too long"],
    ["a token that is no text", { bearer_token: 1234567890123 }, "bearer_token is not of type string"],
    [
      "a token with a line end",
      { bearer_token: "secret-token\r\nX-Evil: 1" },
      "bearer_token must hold visible ASCII characters only, and no spaces",
    ],
    [
      "a token in another script",
      { bearer_token: "sécrèt-tökén" },
      "bearer_token must hold visible ASCII characters only, and no spaces",
    ],
    ["no user", { updated_by_id: "nobody" }, "updated_by_id is not a valid UUID"],
    [
      "another type",
      { callback_type: "gossip" },
      "callback_type gossip is not one of [delivery_status, inbound_sms, complaint, returned_letter]",
    ],
    [
      "a field of its own",
      { secret: "mine" },
      "Additional properties are not allowed (secret was unexpected)",
    ],
  ])("does not take %s", async (_, over, message) => {
    const serviceId = await newService();
    const asked = { ...valid, ...over };

    const { status, body, text } = await answer("POST", `/service/${serviceId}/callback-api`, asked);

    expect({ status, body }).toEqual({
      status: 400,
      body: failure(typeof message === "string" ? message : expect.stringMatching(message)),
    });
    for (const hidden of [String(asked.bearer_token), "pass@"]) expect(text).not.toContain(hidden);
    expect(await world.sql`select from service_callback_api where service_id = ${serviceId}`).toHaveLength(0);
  });

  test.each(Object.keys(valid))("requires %s", async (field) => {
    const serviceId = await newService();
    const { [field as keyof typeof valid]: _, ...rest } = valid;

    expect(await answer("POST", `/service/${serviceId}/callback-api`, rest)).toMatchObject({
      status: 400,
      body: failure(`${field} is a required property`),
    });
  });

  test.each(["{", "[]", '"text"', "\u0000"])("does not take the body %j", async (body) => {
    const serviceId = await newService();

    expect(await answer("POST", `/service/${serviceId}/callback-api`, body)).toMatchObject({ status: 400 });
  });
});

describe("POST /service/{id}/callback-api/{id}", () => {
  test("changes what is given", async () => {
    const { serviceId, id, path } = await newCallback();
    const by = { updated_by_id: unknownId, callback_type: "delivery_status" };

    const changed = await answer("POST", path, { ...by, url: "https://new.example/" });
    await answer("POST", path, { ...by, bearer_token: "another-token" });
    const same = await answer("POST", path, by);

    expect(changed).toMatchObject({ status: 200, body: { data: { id, url: "https://new.example/" } } });
    expect(Object.keys(same.body.data).sort()).toEqual([
      "created_at",
      "id",
      "service_id",
      "updated_at",
      "updated_by_id",
      "url",
    ]);
    expect(same.body.data).toMatchObject({
      service_id: serviceId,
      updated_by_id: unknownId,
      updated_at: expect.any(String),
    });
    const target = await findCallbackTarget(world.sql, serviceId, "delivery_status");
    expect(target).toMatchObject({ id, url: "https://new.example/" });
    expect(await world.cipher.decrypt(target?.bearerToken ?? "", bearerTokenOf(id))).toBe("another-token");
  });

  test("says what is wrong with the change, not the token", async () => {
    const { path } = await newCallback();
    const wrong = { url: "http://a.example", bearer_token: "shorty", callback_type: "delivery_status" };

    const { status, body, text } = await answer("POST", path, wrong);

    expect({ status, body }).toEqual({
      status: 400,
      body: failure(
        "url is not a valid https url",
        "bearer_token is too short",
        "updated_by_id is a required property",
      ),
    });
    expect(text).not.toContain("shorty");
  });
});

describe("GET and DELETE /service/{id}/callback-api/{id}", () => {
  test("show it without token and secret, and remove it", async () => {
    const { serviceId, id, path, signingSecret } = await newCallback();
    const asked = `${path}?callback_type=delivery_status`;

    const shown = await answer("GET", asked);
    const removed = await answer("DELETE", asked);

    expect(shown).toMatchObject({ status: 200, body: { data: { id, service_id: serviceId, url } } });
    expect(shown.text).not.toContain(token);
    expect(shown.text).not.toContain(signingSecret);
    expect(removed).toEqual({ status: 204, body: null, text: "" });
    expect(await answer("DELETE", asked)).toMatchObject({ status: 404 });
    expect(await findCallbackTarget(world.sql, serviceId, "delivery_status")).toBeNull();
  });

  test("show that it is suspended, and why", async () => {
    const { id, path } = await newCallback();
    await world.sql`
      update service_callback_api set suspended_at = '2026-08-01T09:30:00Z', suspended_reason = 'It answered 410'
      where id = ${id}`;

    expect((await answer("GET", `${path}?callback_type=delivery_status`)).body.data).toMatchObject({
      suspended_at: "2026-08-01T09:30:00.000000Z",
      suspended_reason: "It answered 410",
    });
  });

  test.each([
    ["", "callback_type is a required property"],
    [
      "?callback_type=gossip",
      "callback_type gossip is not one of [delivery_status, inbound_sms, complaint, returned_letter]",
    ],
  ])("ask for a type: %j", async (query, message) => {
    const { path } = await newCallback();

    for (const method of ["GET", "DELETE"]) {
      expect(await answer(method, path + query)).toMatchObject({ status: 400, body: failure(message) });
    }
  });
});

const names = {
  delivery_status: "delivery receipt",
  inbound_sms: "inbound",
  complaint: "complaint",
  returned_letter: "returned letter",
};

describe("a callback that is not there", () => {
  const by = { updated_by_id: userId };
  const requests: [method: string, below: string, body: object | null][] = [
    ["GET", "", null],
    ["DELETE", "", null],
    ["POST", "", by],
    ["POST", "/rotate-secret", by],
    ["POST", "/resume", by],
    ["POST", "/test", {}],
  ];

  test.each(
    requests.flatMap(([method, below, body]) =>
      callbackTypes.map((type) => [method, below, type, body] as const),
    ),
  )("is not found by %s %s as %s", async (method, below, type, body) => {
    const own = await newCallback({ callback_type: "delivery_status" });
    const other = await newService();
    const ids: [serviceId: string, id: string][] = [
      [own.serviceId, unknownId],
      [own.serviceId, "not-an-id"],
      [other, own.id],
      // Of the right service, under another type.
      ...(type === "delivery_status" ? [] : ([[own.serviceId, own.id]] as [string, string][])),
    ];

    for (const [serviceId, id] of ids) {
      const path = `/service/${serviceId}/callback-api/${id}${below}`;
      const asked = body === null ? `${path}?callback_type=${type}` : path;
      const sent = body === null ? undefined : { ...body, callback_type: type };
      expect(await answer(method, asked, sent)).toMatchObject({
        status: 404,
        body: { result: "error", message: `Service ${names[type]} API not found` },
      });
    }
    expect(await findCallbackTarget(world.sql, own.serviceId, "delivery_status")).toMatchObject({
      id: own.id,
    });
  });
});

describe("POST …/rotate-secret", () => {
  test("shows another secret once, and until when the old one signs", async () => {
    const { path, signingSecret } = await newCallback();

    const { status, body } = await answer("POST", `${path}/rotate-secret`, {
      updated_by_id: userId,
      callback_type: "delivery_status",
    });

    expect(status).toBe(200);
    expect(body.data.signing_secret).toMatch(/^whsec_/);
    expect(body.data.signing_secret).not.toBe(signingSecret);
    const hours = (Date.parse(body.data.previous_secret_until) - Date.now()) / 3_600_000;
    expect(hours).toBeWithin(23.9, 24.1);
    expect((await answer("GET", `${path}?callback_type=delivery_status`)).text).not.toContain("whsec_");
  });
});

describe("POST …/resume", () => {
  test("resumes what was suspended", async () => {
    const { id, path } = await newCallback();
    await world.sql`
      update service_callback_api set suspended_at = now(), suspended_reason = 'It answered 410' where id = ${id}`;

    const { status, body } = await answer("POST", `${path}/resume`, {
      updated_by_id: userId,
      callback_type: "delivery_status",
    });

    expect(status).toBe(200);
    expect(body.data).not.toHaveProperty("suspended_at");
  });
});

const Asked = v.object({ data: v.looseObject({ href: v.string() }) });

describe("POST …/test", () => {
  const result = {
    sentAt: "2026-08-01T09:30:00.000000Z",
    outcome: "failed",
    status: 503,
    error: null,
    reason: "Answered 503",
    durationMs: 12,
    address: "192.0.2.1",
    excerpt: "Come back later",
    url,
    headers: { "webhook-id": "x" },
    body: "{}",
    signatureBase: "x.1.{}",
  };

  test("answers what a worker found within its patience", async () => {
    const { id, path } = await newCallback();

    const asking = answer("POST", `${path}/test`, { callback_type: "delivery_status" });
    const trialId = await until(async () => {
      const [row] = await world.sql`select id from callback_tests where callback_id = ${id}`;
      return v.parse(v.nullish(v.string()), row?.id);
    }, "a test is asked for");
    const [job] =
      await world.sql`select data, group_id from pgboss.job where name = 'callback-tests' order by created_on desc limit 1`;
    await storeTrialResult(world.sql, world.cipher, trialId, result);

    expect(job).toMatchObject({ data: { trialId } });
    const { status, body } = await asking;
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      id: trialId,
      callback_type: "delivery_status",
      result: { outcome: "failed", status: 503, excerpt: "Come back later", signature_base: "x.1.{}" },
    });
    const again = await answer("GET", body.data.href);
    expect(again).toMatchObject({ status: 200, body });
    const [stored] = await world.sql`select result from callback_tests where id = ${trialId}`;
    expect(stored?.result).not.toContain("Come back");
  });

  test("says where the result will stand when there is no worker", async () => {
    const { path } = await newCallback();
    const { sql, cipher } = world;
    const desk = { sql, cipher, timeoutMs: 5000, urlFault: () => null, trialPatienceMs: 300 };
    const deps = { callbacks: createCallbackDesk(desk), now: () => new Date(), newId: () => unknownId };
    const routes = callbackRoutes((_, next) => next(), deps);

    const response = await routes.request(`${path}/test`, {
      method: "POST",
      body: JSON.stringify({ callback_type: "delivery_status" }),
    });

    expect(response.status).toBe(202);
    const body = v.parse(Asked, await response.json());
    expect(body.data).toMatchObject({ id: unknownId, result: null });
    expect(await answer("GET", body.data.href)).toMatchObject({ status: 202, body });
    await world.sql`delete from callback_tests where id = ${unknownId}`;
  });

  test("shows a test to nobody who names another callback", async () => {
    const own = await newCallback();
    const other = await newCallback();
    await world.sql`
      insert into callback_tests (id, callback_id, requested_at) values (${unknownId}, ${own.id}, now())`;
    const below = `/test/${unknownId}?callback_type=delivery_status`;

    expect(await answer("GET", own.path + below)).toMatchObject({ status: 202 });
    expect(await answer("GET", other.path + below)).toMatchObject({ status: 404 });
    expect(await answer("GET", `${own.path}/test/no-id?callback_type=delivery_status`)).toMatchObject({
      status: 404,
      body: { message: "No result found" },
    });
  });
});

describe("whoever is not the operators' program", () => {
  test.each([
    ["POST", "/service/x/callback-api"],
    ["GET", "/service/x/callback-api/y"],
    ["POST", "/service/x/callback-api/y"],
    ["DELETE", "/service/x/callback-api/y"],
    ["POST", "/service/x/callback-api/y/rotate-secret"],
    ["POST", "/service/x/callback-api/y/resume"],
    ["POST", "/service/x/callback-api/y/test"],
    ["GET", "/service/x/callback-api/y/test/z"],
  ])("may not %s %s", async (method, path) => {
    const body = method === "POST" ? {} : undefined;

    expect((await fetch(world.apiUrl + path, { method })).status).toBe(401);
    expect((await request(method, path, body, "a-secret-of-nobodys")).status).toBe(403);
  });
});
