import { describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { createApp } from "../../api/app.ts";
import type { Timeline } from "../../shared/timeline/find-timeline.ts";
import { base, newId, openApiWorld, seconds, serviceId, tokenWith, unknownId } from "./deps.ts";

const client = { id: "notify-admin", secrets: ["the-new-secret-0123", "the-old-secret-4567"] };
const at = new Date("2026-08-01T09:30:00.123Z");

const timeline: Timeline = {
  id: newId,
  serviceId,
  channel: "sms",
  status: "delivered",
  events: [
    { kind: "accepted", at },
    {
      kind: "attempt",
      at,
      provider: "mmg",
      outcome: "unavailable",
      durationMs: 12,
      words: "MMG answered 503",
    },
    { kind: "attempt", at, provider: "firetext", outcome: "accepted", durationMs: 35, words: null },
    {
      kind: "receipt",
      at,
      provider: "firetext",
      status: "delivered",
      code: "0",
      detail: "000",
      reason: "No error reported",
      happenedAt: at,
    },
    { kind: "end", at, status: "technical-failure", reason: "Why" },
    {
      kind: "callback",
      at,
      type: "delivery_status",
      attempt: 1,
      outcome: "failed",
      status: null,
      error: "timeout",
      address: "192.0.2.7",
      durationMs: 5000,
      detail: "No answer in 5000 ms",
      replayId: null,
    },
  ],
};

function appWith(secrets: readonly string[] = client.secrets, findTimeline = find) {
  return createApp(openApiWorld({}, { findTimeline, internalClient: { ...client, secrets } }));
}

const find = async (id: string) => (id === newId ? timeline : null);

interface Given {
  claims?: Record<string, unknown>;
  key?: string;
  header?: Record<string, unknown>;
}

async function bearer({ claims, key = "the-new-secret-0123", header }: Given = {}): Promise<string> {
  const token = await new SignJWT({ iss: "notify-admin", iat: seconds, ...claims })
    .setProtectedHeader({ alg: "HS256", ...header })
    .sign(new TextEncoder().encode(key));
  return `Bearer ${token}`;
}

const path = `${base}/notifications/${newId}/timeline`;

async function ask(authorization: string | null, app = appWith(), url = path) {
  const response = await app.request(url, {
    headers: authorization === null ? {} : { Authorization: authorization },
  });
  return { status: response.status, body: await response.json() };
}

describe("GET /notifications/{id}/timeline", () => {
  test("shows what became of a notification, step by step", async () => {
    const { status, body } = await ask(await bearer());

    const instant = "2026-08-01T09:30:00.123000Z";
    expect(status).toBe(200);
    expect(body).toEqual({
      data: {
        id: newId,
        service: serviceId,
        notification_type: "sms",
        status: "delivered",
        timeline: [
          { event: "accepted", at: instant },
          {
            event: "attempt",
            at: instant,
            provider: "mmg",
            outcome: "unavailable",
            duration_ms: 12,
            words: "MMG answered 503",
          },
          {
            event: "attempt",
            at: instant,
            provider: "firetext",
            outcome: "accepted",
            duration_ms: 35,
            words: null,
          },
          {
            event: "receipt",
            at: instant,
            provider: "firetext",
            status: "delivered",
            code: "0",
            detail: "000",
            reason: "No error reported",
            happened_at: instant,
          },
          { event: "ended", at: instant, status: "technical-failure", reason: "Why" },
          {
            event: "callback",
            at: instant,
            type: "delivery_status",
            attempt: 1,
            outcome: "failed",
            status_code: null,
            error: "timeout",
            duration_ms: 5000,
            detail: "No answer in 5000 ms",
            replay_id: null,
          },
        ],
      },
    });
  });

  test.each(["nonsense", unknownId])("knows no %s", async (id) => {
    const answer = await ask(await bearer(), appWith(), `${base}/notifications/${id}/timeline`);

    expect(answer).toEqual({ status: 404, body: { message: "No result found", result: "error" } });
  });

  test("has no other method", async () => {
    const response = await appWith().request(path, {
      method: "POST",
      headers: { Authorization: await bearer() },
    });

    expect([response.status, response.headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
  });

  test("says nothing of a fault but that there is one", async () => {
    const world = openApiWorld(
      {},
      {
        internalClient: client,
        findTimeline: () => Promise.reject(new Error("a secret")),
      },
    );

    const answer = await ask(await bearer(), createApp(world));

    expect(answer).toEqual({ status: 500, body: { message: "Internal server error", result: "error" } });
    expect(world.logged).toMatchObject([{ level: "error", message: "Unhandled error" }]);
  });

  test("asks to come again while the database is away", async () => {
    const gone = Object.assign(new Error("away"), { code: "ECONNREFUSED" });

    const { status } = await ask(
      await bearer(),
      appWith(client.secrets, () => Promise.reject(gone)),
    );

    expect(status).toBe(503);
  });
});

describe("an operators' program", () => {
  const clock = "Error: Your system clock must be accurate to within 30 seconds";
  const general =
    "Invalid token: make sure your API token matches the example at https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header";

  test.each(client.secrets)("may sign with each of its secrets: %s", async (key) => {
    expect((await ask(await bearer({ key }))).status).toBe(200);
  });

  test.each([-30, 30])("may have a clock that is %i seconds off", async (off) => {
    expect((await ask(await bearer({ claims: { iat: seconds + off } }))).status).toBe(200);
  });

  test.each<[string, (() => Promise<string>) | string | null, number, string]>([
    ["has no header", null, 401, "Unauthorized: authentication token must be provided"],
    ["is not Bearer", "Basic abc", 401, "Unauthorized: authentication bearer scheme must be used"],
    ["has no token", "Bearer nonsense", 403, general],
    [
      "has another client's name",
      () => bearer({ claims: { iss: "notify-other" } }),
      401,
      "Unauthorized: not allowed to perform this action",
    ],
    [
      "has a service's token",
      async () => `Bearer ${await tokenWith()}`,
      401,
      "Unauthorized: not allowed to perform this action",
    ],
    [
      "has no name",
      () => bearer({ claims: { iss: undefined } }),
      403,
      "Invalid token: iss field not provided",
    ],
    ["is late", () => bearer({ claims: { iat: seconds - 32 } }), 403, clock],
    ["is early", () => bearer({ claims: { iat: seconds + 31 } }), 403, clock],
    [
      "signed otherwise",
      () => bearer({ header: { alg: "HS512" } }),
      403,
      "Invalid token: algorithm used is not HS256",
    ],
    [
      "signed with another secret",
      () => bearer({ key: "another-secret-89" }),
      403,
      "Invalid token: API key not found",
    ],
    [
      "never says when",
      () => bearer({ claims: { iat: undefined } }),
      403,
      "Invalid token: API key not found",
    ],
    ["names an audience", () => bearer({ claims: { aud: "us" } }), 403, general],
  ])("is refused where it %s", async (_what, authorization, status, message) => {
    const header = typeof authorization === "function" ? await authorization() : authorization;

    const answer = await ask(header);

    expect(answer).toEqual({ status, body: { message: { token: [message] }, result: "error" } });
  });

  test("is refused where nobody has a secret", async () => {
    expect((await ask(await bearer(), appWith([]))).status).toBe(403);
  });

  test("gets nowhere with its token where services ask", async () => {
    const response = await appWith().request(`${base}/v2/notifications`, {
      headers: { Authorization: await bearer() },
    });

    expect(response.status).toBe(403);
  });
});
