import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { CbcSettings } from "../../../shared/config/broadcasts.ts";
import { readConfig } from "../../../shared/config.ts";
import { linkTestPayload } from "../../../worker/broadcasts/cbc-payload.ts";
import { type CbcResult, createCallCbc, type Site } from "../../../worker/broadcasts/cbc-proxy.ts";

interface Received {
  path: string;
  headers: Headers;
  body: unknown;
}

type Answering = (request: Request) => Response | Promise<Response>;

let received: Received[] = [];
let answer: Answering;
let server: Bun.Server<undefined>;
const settings = (env: Record<string, string>): CbcSettings =>
  readConfig({
    DATABASE_URL: "postgres://localhost/none",
    ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString("base64")}`,
    CBC_PROXY_SITE_1_URL: `${server.url.origin}/one/`,
    CBC_PROXY_SITE_2_URL: `${server.url.origin}/two`,
    CBC_PROXY_SECRET: "a-shared-secret",
    CBC_PROXY_TIMEOUT_MS: "20000",
    ...env,
  }).broadcasts.cbc;

beforeAll(() => {
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname: path } = new URL(request.url);
      received.push({ path, headers: request.headers, body: await request.json() });
      return await answer(request);
    },
  });
});

afterAll(() => server.stop(true));

beforeEach(() => {
  received = [];
  answer = () => Response.json({ status: "ack" });
});

const payload = linkTestPayload("ee", crypto.randomUUID(), null);

function tell(site: Site = 1, env: Record<string, string> = {}): Promise<CbcResult> {
  return createCallCbc(settings(env))("ee", site, payload, new AbortController().signal);
}

describe("a call of a CBC proxy", () => {
  test.each([
    [1, "/one/functions/ee-1-proxy"],
    [2, "/two/functions/ee-2-proxy"],
  ] as const)("goes to site %d's own address, with the payload, the secret and an id", async (site, path) => {
    expect(await tell(site)).toEqual({ outcome: "acknowledged" });

    const [request] = received;
    expect(request).toMatchObject({ path, body: payload });
    expect(request?.headers.get("authorization")).toBe("Bearer a-shared-secret");
    expect(request?.headers.get("content-type")).toBe("application/json");
    expect(request?.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("goes by AWS Lambda's own interface where that is configured, signed", async () => {
    const result = await tell(2, {
      CBC_PROXY_API: "lambda",
      CBC_LAMBDA_ACCESS_KEY_ID: "AKIDEXAMPLE",
      CBC_LAMBDA_SECRET_ACCESS_KEY: "a-secret-access-key",
    });

    expect(result).toEqual({ outcome: "acknowledged" });
    const [request] = received;
    expect(request).toMatchObject({
      path: "/two/2015-03-31/functions/ee-2-proxy/invocations",
      body: payload,
    });
    expect(request?.headers.get("authorization")).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-2\/lambda\/aws4_request, SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}$/,
    );
  });

  test("goes to Lambda itself where no address is given", () => {
    const environment = {
      CBC_PROXY_API: "lambda",
      CBC_LAMBDA_REGION: "eu-west-1",
      CBC_LAMBDA_ACCESS_KEY_ID: "AKIDEXAMPLE",
      CBC_LAMBDA_SECRET_ACCESS_KEY: "a-secret-access-key",
    };
    const given = { CBC_PROXY_SITE_1_URL: "", CBC_PROXY_SITE_2_URL: "" };

    expect(settings({ ...environment, ...given }).sites).toEqual([
      "https://lambda.eu-west-1.amazonaws.com",
      "https://lambda.eu-west-1.amazonaws.com",
    ]);
  });

  const handled = { "x-amz-function-error": "Handled" };
  const failed = (reason: string): CbcResult => ({ outcome: "failed", reason });
  const refused = (reason: string): CbcResult => ({ outcome: "refused", reason });

  test.each<[string, Answering, CbcResult]>([
    ["200 with an empty object", () => Response.json({}), { outcome: "acknowledged" }],
    ["204", () => new Response(null, { status: 204 }), { outcome: "acknowledged" }],
    ["299 with what is no JSON", () => new Response("<ok/>", { status: 299 }), { outcome: "acknowledged" }],
    ["200 with a long body", () => new Response("x".repeat(200_000)), { outcome: "acknowledged" }],
    [
      "a function error",
      () => Response.json({ errorMessage: "No", errorType: "CBCNewConnectionError" }, { headers: handled }),
      failed("answered 200, function error, CBCNewConnectionError"),
    ],
    [
      "a function error without a body",
      () => new Response("", { headers: { "x-amz-function-error": "Unhandled" } }),
      failed("answered 200, function error"),
    ],
    ["a redirect", () => Response.redirect("http://127.0.0.1:1/", 307), failed("answered 307")],
    ["404", () => new Response("", { status: 404 }), failed("answered 404")],
    ["429", () => new Response("", { status: 429 }), failed("answered 429")],
    ["500", () => new Response("", { status: 500 }), failed("answered 500")],
    [
      "422 with another error",
      () => Response.json({ errorType: "Other" }, { status: 422 }),
      failed("answered 422, Other"),
    ],
    [
      "422 with CBCValidationError",
      () => Response.json({ errorType: "CBCValidationError" }, { status: 422 }),
      refused("answered 422, CBCValidationError"),
    ],
    [
      "CBCValidationError by Lambda's own way",
      () => Response.json({ errorType: "CBCValidationError" }, { headers: handled }),
      refused("answered 200, function error, CBCValidationError"),
    ],
    [
      "an error type that is not fit for a log",
      () => Response.json({ errorType: "to 07700 900123" }, { status: 500 }),
      failed("answered 500"),
    ],
  ])("answered by %s", async (_, answering, result) => {
    answer = answering;

    expect(await tell()).toEqual(result);
    expect(received).toHaveLength(1);
  });

  test("that nobody answers ends when its time is up", async () => {
    answer = () => new Promise<never>(() => {});

    expect(await tell(1, { CBC_PROXY_TIMEOUT_MS: "300" })).toEqual(failed("no answer within 300 ms"));
  });

  test("that is reset is not made again", async () => {
    let connections = 0;
    const dropper = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open() {
          connections++;
        },
        data: (socket) => void socket.terminate(),
      },
    });

    const result = await tell(1, { CBC_PROXY_SITE_1_URL: `http://127.0.0.1:${dropper.port}` });
    dropper.stop(true);

    expect(result.outcome).toBe("failed");
    expect(connections).toBe(1);
  });

  test("to where nobody listens fails", async () => {
    const result = await tell(1, { CBC_PROXY_SITE_1_URL: "http://127.0.0.1:1" });

    expect(result).toMatchObject({ outcome: "failed" });
  });

  test("of a site that is not configured fails, so that the other is tried", async () => {
    const result = await tell(2, { CBC_PROXY_SITE_2_URL: "" });

    expect(result).toEqual(failed("no address is configured for site 2"));
    expect(received).toEqual([]);
  });

  test("ends when its job is taken away", async () => {
    answer = () => new Promise<never>(() => {});
    const stopping = new AbortController();
    const calling = createCallCbc(settings({ CBC_PROXY_TIMEOUT_MS: "60000" }))(
      "ee",
      1,
      payload,
      stopping.signal,
    );

    stopping.abort(new Error("The worker is stopping"));

    expect(await calling.catch((error: Error) => error.message)).toBe("The worker is stopping");
  });
});

test("alerts leave by themselves everywhere but in development", () => {
  const enabledIn = (environment: string, env: Record<string, string> = {}) =>
    readConfig({
      DATABASE_URL: "postgres://localhost/none",
      ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString("base64")}`,
      NOTIFY_ENVIRONMENT: environment,
      ...env,
    }).broadcasts.cbc.enabled;

  expect(enabledIn("development")).toBe(false);
  expect(enabledIn("staging")).toBe(true);
  expect(enabledIn("staging", { CBC_PROXY_ENABLED: "false" })).toBe(false);
});

test.each([
  [
    { CBC_PROXY_API: "lambda" },
    "CBC_LAMBDA_ACCESS_KEY_ID: must be set where CBC_PROXY_API is lambda; CBC_LAMBDA_SECRET_ACCESS_KEY: must be set where CBC_PROXY_API is lambda",
  ],
  [{ CBC_PROXY_ENABLED: "true" }, "CBC_PROXY_SITE_1_URL: must be set where CBC_PROXY_ENABLED is true"],
  [{ BROADCAST_NETWORKS: "ee,tesco" }, "must be some of ee, three, o2, vodafone, separated by commas"],
])("settings that cannot send are refused: %j", (env, says) => {
  const required = {
    DATABASE_URL: "postgres://localhost/none",
    ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString("base64")}`,
  };

  expect(() => readConfig({ ...required, ...env })).toThrow(says);
});
