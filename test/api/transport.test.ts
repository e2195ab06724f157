import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import { maxBodyBytes } from "../../api/middleware/read-body.ts";
import { Busy } from "../../shared/group.ts";
import { base, bearer, newId, openApiWorld, storedSms } from "./deps.ts";

const notFound = {
  message:
    "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.",
  result: "error",
};

async function post(path: string, body: BodyInit | null, world = openApiWorld(), headers = {}) {
  return await createApp(world).request(path, {
    method: "POST",
    headers: { ...(await bearer()), ...headers },
    ...(body === null ? {} : { body }),
  });
}

describe("every response", () => {
  const cases: [string, string, RequestInit][] = [
    ["a success", "/", {}],
    ["an unknown path", "/nowhere", {}],
    ["a wrong method", "/v2/notifications/sms", { method: "PUT" }],
    ["a missing token", "/v2/notifications", {}],
    ["OPTIONS without a token", "/v2/notifications", { method: "OPTIONS" }],
    ["a HEAD", "/", { method: "HEAD" }],
    ["a receipt", "/notifications/sms/mmg", { method: "POST" }],
  ];
  test.each(cases)("carries Notify's headers: %s", async (_what, path, request) => {
    const { headers } = await createApp(openApiWorld()).request(path, request);

    expect(headers.get("X-B3-TraceId")).toMatch(/^[0-9a-f]{32}$/);
    expect(headers.get("X-B3-SpanId")).toMatch(/^self-[0-9a-f]{16}$/);
    expect(Object.fromEntries(headers)).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "Content-Type,Authorization",
      "access-control-allow-methods": "GET,PUT,POST,DELETE",
      "x-content-type-options": "nosniff",
      "x-frame-options": "SAMEORIGIN",
      "x-permitted-cross-domain-policies": "none",
      "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
      "cache-control": "no-store, no-cache, private, must-revalidate",
    });
  });

  test.each<[Record<string, string>, string]>([
    [{ "X-B3-TraceId": "a", "X-Amz-Cf-Id": "b", "X-Amzn-Trace-Id": "c" }, "a"],
    [{ "X-Amz-Cf-Id": "b", "X-Amzn-Trace-Id": "c" }, "b"],
    [{ "X-Amzn-Trace-Id": "c" }, "c"],
  ])("continues the trace of %p", async (given, traceId) => {
    const headers = { ...given, "X-B3-SpanId": "span" };
    const response = await createApp(openApiWorld()).request("/", { headers });

    expect(response.headers.get("X-B3-TraceId")).toBe(traceId);
    expect(response.headers.get("X-B3-SpanId")).toBe("span");
  });
});

describe("a path that no one has", () => {
  test.each([
    "/nowhere",
    "/v3/notifications",
    "/v2/notifications/",
    "/v2/notifications/sms/",
    "/v2",
    "/notifications/",
  ])("is 404 before authentication: %s", async (path) => {
    const response = await createApp(openApiWorld()).request(path);

    expect(response.status).toBe(404);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(await response.text()).toBe(`{"message":${JSON.stringify(notFound.message)},"result":"error"}\n`);
  });

  test("is 404 to OPTIONS too", async () => {
    expect((await createApp(openApiWorld()).request("/nowhere", { method: "OPTIONS" })).status).toBe(404);
  });
});

describe("a method that the path has not", () => {
  test.each([
    ["PUT", "/v2/notifications/sms", "GET, HEAD, OPTIONS, POST"],
    ["DELETE", "/v2/notifications/email", "GET, HEAD, OPTIONS, POST"],
    ["POST", "/v2/notifications", "GET, HEAD, OPTIONS"],
    ["PATCH", `/v2/notifications/${newId}`, "GET, HEAD, OPTIONS, POST"],
    ["GET", "/notifications/sms/mmg", "OPTIONS, POST"],
    ["HEAD", "/notifications/sms/mmg", "OPTIONS, POST"],
    ["PUT", "/_status", "GET, HEAD, OPTIONS, POST"],
  ])("is 405 before authentication: %s %s", async (method, path, allow) => {
    const response = await createApp(openApiWorld()).request(path, { method });

    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")).toBe(allow);
    expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    if (method === "HEAD") return;
    expect(await response.json()).toEqual({
      message: "The method is not allowed for the requested URL.",
      result: "error",
    });
  });
});

describe("OPTIONS", () => {
  test("needs a token below /v2", async () => {
    const response = await createApp(openApiWorld()).request("/v2/notifications", { method: "OPTIONS" });

    expect(response.status).toBe(401);
  });

  test.each([
    ["/v2/notifications", "GET, HEAD, OPTIONS"],
    ["/_status", "GET, HEAD, OPTIONS, POST"],
  ])("says what %s takes", async (path, allow) => {
    const request = { method: "OPTIONS", headers: await bearer() };
    const response = await createApp(openApiWorld()).request(path, request);

    expect(response.status).toBe(200);
    expect(response.headers.get("Allow")).toBe(allow);
    expect(await response.text()).toBe("");
  });
});

test("HEAD works wherever GET does", async () => {
  const app = createApp(openApiWorld({ notifications: [storedSms] }));
  for (const path of ["/", "/v2/notifications", `/v2/notifications/${newId}`]) {
    const response = await app.request(path, { method: "HEAD", headers: await bearer() });

    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(await response.text()).toBe("");
  }
});

test("receipts are taken without a token", async () => {
  const response = await createApp(openApiWorld()).request("/notifications/sms/mmg", { method: "POST" });

  expect(await response.text()).toBe("thanks");
});

describe("a body", () => {
  const invalid = {
    errors: [{ error: "BadRequestError", message: "Invalid JSON supplied in POST data" }],
    status_code: 400,
  };
  test.each<[string, BodyInit | null]>([
    ["empty", ""],
    ["absent", null],
    ["a form", "phone_number=07700900000"],
    ["cut off", '{"phone_number":'],
    ["no text", new Uint8Array([0x22, 0xff, 0x22])],
    ["nested a million deep", '{"a":'.repeat(1_000_000)],
    ["closed a million deep", `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`],
    ["an integer of a million digits", "9".repeat(1_000_000)],
  ])("that is %s is refused", async (_what, body) => {
    const response = await post("/v2/notifications/sms", body);

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(invalid);
  });

  const missing = {
    errors: [
      { error: "ValidationError", message: "phone_number is a required property" },
      { error: "ValidationError", message: "template_id is a required property" },
    ],
    status_code: 400,
  };
  test.each(["null", "[]", "0", "0.0", "-0.0", "false", '""', "{}", "\ufeff{}"])(
    "that is falsy counts as an empty object: %s",
    async (body) => {
      expect(await (await post("/v2/notifications/sms", body)).json()).toEqual(missing);
    },
  );

  test.each([
    ["[1]", "[1] is not of type object"],
    ['"abc"', "abc is not of type object"],
    ['"it\'s"', '"its" is not of type object'],
    ["true", "True is not of type object"],
    ["1.50", "1.5 is not of type object"],
    ["NaN", "nan is not of type object"],
    ['[{"a":[null,"b"]}]', "[{a: [None, b]}] is not of type object"],
  ])("that is no object is shown as Python prints it: %s", async (body, message) => {
    const response = await post("/v2/notifications/sms", body);

    expect(await response.json()).toEqual({
      errors: [{ error: "ValidationError", message }],
      status_code: 400,
    });
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/octet-stream", ""])(
    "is read as JSON whatever it is called: %p",
    async (type) => {
      const response = await post("/v2/notifications/sms", "{}", openApiWorld(), { "Content-Type": type });

      expect(await response.json()).toEqual(missing);
    },
  );

  const tooLarge = {
    errors: [
      {
        error: "RequestEntityTooLarge",
        message: `The request body cannot be larger than ${maxBodyBytes} bytes`,
      },
    ],
    status_code: 413,
  };
  test.each<[string, Record<string, string>]>([
    ["declared", { "Content-Length": String(maxBodyBytes + 1) }],
    ["not declared", {}],
  ])("beyond the limit is refused, its size being %s", async (_how, headers) => {
    const world = openApiWorld();
    const response = await post("/v2/notifications/sms", " ".repeat(maxBodyBytes + 1), world, headers);

    expect(response.status).toBe(413);
    expect(await response.json()).toEqual(tooLarge);
    expect(world.admissions).toHaveLength(1);
  });

  test("of just the limit is read", async () => {
    const response = await post("/v2/notifications/sms", `${" ".repeat(maxBodyBytes - 2)}{}`);

    expect(await response.json()).toEqual(missing);
  });
});

describe("what goes wrong on our side", () => {
  test("is 500 without a reason, and logged", async () => {
    const fault = new TypeError("secret detail");
    const world = openApiWorld({}, { findService: () => Promise.reject(fault) });
    const response = await createApp(world).request("/v2/notifications", { headers: await bearer() });

    expect(response.status).toBe(500);
    expect(response.headers.get("X-B3-TraceId")).toBeString();
    expect(await response.text()).toBe(
      '{"errors":[{"error":"Exception","message":"Internal server error"}],"status_code":500}\n',
    );
    expect(world.logged).toEqual([
      {
        level: "error",
        facts: { method: "GET", route: "/v2/notifications", err: fault },
        message: "Unhandled error",
      },
    ]);
  });

  test.each<[string, Error]>([
    ["unreachable", Object.assign(new Error("no"), { code: "ECONNREFUSED" })],
    ["overloaded", new Busy("too many")],
  ])("is 503 when the database is %s", async (_how, fault) => {
    const world = openApiWorld({}, { findService: () => Promise.reject(fault) });
    const response = await createApp(world).request("/v2/notifications", { headers: await bearer() });

    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      errors: [
        { error: "ServiceUnavailable", message: "The service is temporarily unavailable, try again later" },
      ],
      status_code: 503,
    });
  });
});

describe("status", () => {
  test.each<[string, string]>([
    ["GET", "/"],
    ["GET", "/_status"],
    ["POST", "/_status"],
    ["GET", "/_status?simple="],
  ])("names the build and the schema: %s %s", async (method, path) => {
    const response = await createApp(openApiWorld()).request(path, { method });

    expect(await response.text()).toBe(
      '{"build_time":"2026-08-01T00:00:00","db_bulk_version":null,"db_version":"0023_exclusive_jobs","git_commit":"abc123","status":"ok"}\n',
    );
  });

  test("leaves the database alone when it is to be simple", async () => {
    const world = openApiWorld({}, { status: () => Promise.reject(new Error("asked")) });
    const response = await createApp(world).request("/_status?simple=1");

    expect(await response.text()).toBe('{"status":"ok"}\n');
  });

  test("is ready or not", async () => {
    const ready = await createApp(openApiWorld()).request("/_ready");
    const unready = await createApp(openApiWorld({}, { ready: async () => false })).request("/_ready");

    expect([ready.status, await ready.json()]).toEqual([200, { status: "ok" }]);
    expect(unready.status).toBe(503);
  });
});

test("links follow the host that was called, or the one that was set", async () => {
  const links = async (world = openApiWorld()) => {
    const response = await createApp(world).request(`${base}/v2/notifications`, { headers: await bearer() });
    return (await response.json()).links.current;
  };

  expect(await links()).toBe(`${base}/v2/notifications`);
  expect(await links(openApiWorld({}, { apiHost: "https://api.example" }))).toBe(
    "https://api.example/v2/notifications",
  );
});
