import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import { base, bearer, newId, openApiWorld, smsTemplateId, storedSms, unknownId } from "./deps.ts";
import { faults, invalid } from "./post.ts";

const app = createApp(openApiWorld({ notifications: [storedSms] }));
const ask = async (method: string, path: string, headers: Record<string, string> = {}) =>
  await app.request(`${base}${path}`, { method, headers });

const noToken = faults(401, "AuthError", "Unauthorized: authentication token must be provided");
const unreadable = faults(400, "BadRequestError", "Invalid JSON supplied in POST data");

describe("before authentication", () => {
  test.each([
    ["GET", "/v2/"],
    ["GET", "/v2/notifications/"],
    ["POST", "/v2/notifications/"],
    ["POST", "/v2/notifications/sms/"],
    ["POST", "/v2/notifications/email/"],
    ["GET", `/v2/notifications/${newId}/`],
    ["GET", "/v2//notifications"],
    ["GET", "//v2/notifications"],
    ["GET", "/V2/notifications"],
    ["GET", "/v2/Notifications"],
    ["GET", "/v2/notifications/a/b"],
    ["GET", "/_status/"],
    ["GET", "/v2/templates/"],
    ["GET", "/v2/template"],
    ["GET", `/v2/template/${smsTemplateId}/`],
    ["GET", `/v2/template/${smsTemplateId}/version`],
    ["GET", `/v2/template/${smsTemplateId}/version/x`],
    ["GET", `/v2/template/${smsTemplateId}/version/-1`],
    ["POST", `/v2/template/${smsTemplateId}/preview/`],
    ["GET", "/v2/received-text-messages/"],
    ["OPTIONS", "/v2/nowhere"],
    ["HEAD", "/v2/nowhere"],
    ["PUT", "/v2/nowhere"],
  ])("no one has the path of %s %s", async (method, path) => {
    for (const headers of [{}, await bearer(), { Authorization: "Bearer nonsense" }]) {
      expect((await ask(method, path, headers)).status).toBe(404);
    }
  });

  test.each([
    ["POST", "/v2/notifications", "GET, HEAD, OPTIONS"],
    ["PATCH", "/v2/notifications", "GET, HEAD, OPTIONS"],
    ["PUT", "/v2/notifications/email", "GET, HEAD, OPTIONS, POST"],
    ["DELETE", `/v2/notifications/${newId}`, "GET, HEAD, OPTIONS, POST"],
    ["POST", "/v2/templates", "GET, HEAD, OPTIONS"],
    ["PUT", `/v2/template/${smsTemplateId}`, "GET, HEAD, OPTIONS"],
    ["GET", `/v2/template/${smsTemplateId}/preview`, "OPTIONS, POST"],
    ["HEAD", `/v2/template/${smsTemplateId}/preview`, "OPTIONS, POST"],
    ["POST", "/v2/received-text-messages", "GET, HEAD, OPTIONS"],
    ["POST", "/", "GET, HEAD, OPTIONS"],
    ["DELETE", "/_ready", "GET, HEAD, OPTIONS"],
  ])("the path of %s %s has no such method", async (method, path, allow) => {
    for (const headers of [{}, await bearer(), { Authorization: "Bearer nonsense" }]) {
      const response = await ask(method, path, headers);

      expect([response.status, response.headers.get("Allow")]).toEqual([405, allow]);
    }
  });
});

describe("what needs a token", () => {
  test.each([
    ["GET", "/v2/notifications"],
    ["GET", "/v2/notifications?page=nonsense"],
    ["GET", `/v2/notifications/${newId}`],
    ["GET", "/v2/notifications/nonsense"],
    ["POST", "/v2/notifications/sms"],
    ["POST", "/v2/notifications/email"],
    ["POST", "/v2/notifications/foo"],
    ["GET", "/v2/templates"],
    ["GET", `/v2/template/${smsTemplateId}`],
    ["GET", "/v2/template/nonsense/version/1"],
    ["POST", "/v2/template/nonsense/preview"],
    ["GET", "/v2/received-text-messages?page=1"],
    ["OPTIONS", "/v2/templates"],
    ["OPTIONS", "/v2/notifications"],
    ["OPTIONS", "/v2/notifications/sms"],
  ])("says so before anything else: %s %s", async (method, path) => {
    const response = await ask(method, path);

    expect([response.status, await response.json()]).toEqual([401, noToken]);
    expect(response.headers.get("WWW-Authenticate")).toBeNull();
  });

  test.each([
    ["POST", "/v2/notifications/foo"],
    ["POST", `/v2/notifications/${newId}`],
    ["POST", "/v2/notifications/SMS"],
    ["POST", "/v2/notifications/sms%20"],
  ])("sends nothing under other names: %s %s", async (method, path) => {
    const headers = await bearer();
    const response = await app.request(`${base}${path}`, { method, headers, body: "{}" });
    const broken = await app.request(`${base}${path}`, { method, headers, body: "{" });

    expect([response.status, (await response.json()).result]).toEqual([404, "error"]);
    expect([broken.status, await broken.json()]).toEqual([400, unreadable]);
  });
});

test.each(["sms", "email", "letter"])("GET /v2/notifications/%s takes it for an id", async (type) => {
  const response = await ask("GET", `/v2/notifications/${type}`, await bearer());

  expect([response.status, await response.json()]).toEqual([
    400,
    invalid("notification_id is not a valid UUID"),
  ]);
});

describe("a path is the same", () => {
  test.each([
    ["/v2/%6eotifications", 200],
    ["/v2/notifications?", 200],
    [`/v2/notifications/%37${newId.slice(1)}`, 200],
    [`/v2/notifications/${newId}?page=5`, 200],
    ["/v2/notifications/%6eonsense", 400],
  ])("with what needs no escape escaped, or an empty query: %s", async (path, status) => {
    expect((await ask("GET", path, await bearer())).status).toBe(status);
  });
});

describe("HEAD is answered as GET is, without its body", () => {
  test.each<[string, boolean]>([
    ["/", true],
    ["/_status", true],
    ["/_status?simple=1", true],
    ["/_ready", true],
    ["/v2/notifications", true],
    ["/v2/notifications", false],
    ["/v2/notifications?page=1", true],
    [`/v2/notifications/${newId}`, true],
    [`/v2/notifications/${unknownId}`, true],
    ["/v2/notifications/sms", true],
    ["/v2/templates", true],
    ["/v2/templates?type=coconut", true],
    [`/v2/template/${smsTemplateId}`, true],
    [`/v2/template/${smsTemplateId}/version/0`, true],
    [`/v2/template/${unknownId}`, true],
    ["/v2/received-text-messages", true],
    ["/nowhere", true],
  ])("%s, with a token: %p", async (path, withToken) => {
    const headers = withToken ? await bearer() : {};
    const [got, head] = [await ask("GET", path, headers), await ask("HEAD", path, headers)];

    expect(head.status).toBe(got.status);
    expect(await head.text()).toBe("");
    expect([...head.headers.keys()].filter((name) => name !== "content-length")).toEqual(
      [...got.headers.keys()].filter((name) => name !== "content-length"),
    );
  });
});

describe("OPTIONS with a good token is empty and names the methods", () => {
  test.each([
    ["/v2/notifications", "GET, HEAD, OPTIONS"],
    ["/v2/notifications/sms", "GET, HEAD, OPTIONS, POST"],
    [`/v2/notifications/${newId}`, "GET, HEAD, OPTIONS, POST"],
    [`/v2/template/${smsTemplateId}/version/1`, "GET, HEAD, OPTIONS"],
    [`/v2/template/${smsTemplateId}/preview`, "OPTIONS, POST"],
    ["/v2/received-text-messages", "GET, HEAD, OPTIONS"],
    ["/", "GET, HEAD, OPTIONS"],
  ])("of %s", async (path, allow) => {
    const response = await ask("OPTIONS", path, await bearer());

    expect([response.status, response.headers.get("Allow"), await response.text()]).toEqual([200, allow, ""]);
  });

  test("without a token only outside /v2", async () => {
    expect((await ask("OPTIONS", "/_status")).status).toBe(200);
    expect((await ask("OPTIONS", "/notifications/sms/mmg")).status).toBe(200);
    expect((await ask("OPTIONS", "/v2/notifications/sms", { Authorization: "Bearer x" })).status).toBe(403);
  });
});

describe("trace ids", () => {
  test.each<[Record<string, string>, string | RegExp, string | RegExp]>([
    [{}, /^[0-9a-f]{32}$/, /^self-[0-9a-f]{16}$/],
    [{ "X-B3-TraceId": "", "X-Amz-Cf-Id": "b" }, "b", /^self-/],
    [{ "x-b3-traceid": "not hex at all" }, "not hex at all", /^self-/],
    [{ "X-B3-SpanId": "s", "X-Amzn-Trace-Id": "Root=1-2-3" }, "Root=1-2-3", "s"],
  ])("of %p go back, on errors too", async (headers, traceId, spanId) => {
    for (const path of ["/_status", "/nowhere", "/v2/notifications"]) {
      const response = await ask("GET", path, headers);

      expect(response.headers.get("X-B3-TraceId")).toMatch(traceId);
      expect(response.headers.get("X-B3-SpanId")).toMatch(spanId);
    }
  });

  test("are new for each request", async () => {
    const ids = await Promise.all(
      Array.from({ length: 50 }, async () => (await ask("GET", "/_status")).headers.get("X-B3-TraceId")),
    );

    expect(new Set(ids).size).toBe(50);
  });
});
