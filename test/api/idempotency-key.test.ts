import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import { maxBodyBytes } from "../../api/middleware/read-body.ts";
import { scrypt } from "../../api/serve.scrypt.ts";
import { startApi } from "../../api/start.ts";
import { Busy } from "../../shared/group.ts";
import type { Admission, Refusal } from "../../shared/notification/admission.ts";
import { createAdmit } from "../../shared/notification/admit.ts";
import { cipher, openAdmit, stored } from "../support/admissions.ts";
import { openWorld } from "../support/world.ts";
import {
  base,
  bearer,
  emailTemplate,
  emailTemplateId,
  liveKey,
  now,
  openApiWorld,
  smsTemplate,
  smsTemplateId,
  tokenWith,
  type World,
} from "./deps.ts";
import { badRequest, faults } from "./post.ts";

const sms = { phone_number: "07400900111", template_id: smsTemplateId, personalisation: { name: "Zoë" } };
const email = {
  email_address: "a@example.gov.uk",
  template_id: emailTemplateId,
  personalisation: sms.personalisation,
};

const inFlight = faults(
  409,
  "ConflictError",
  "A request with this Idempotency-Key is still in progress, try again later",
);
const ofAnother = faults(
  422,
  "UnprocessableEntityError",
  "This Idempotency-Key was used for a different request",
);
const malformed = badRequest("Idempotency-Key must be 1 to 255 visible ASCII characters, without spaces");

type App = ReturnType<typeof createApp>;

/** Sends a request under a key as often as it is called. */
function sender(app: App, key: string | null = "key-1", { path = "sms", body = sms as unknown } = {}) {
  return async () =>
    await app.request(`${base}/v2/notifications/${path}`, {
      method: "POST",
      headers: { ...(await bearer()), ...(key !== null && { "Idempotency-Key": key }) },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
}

/** What `admit` was asked for one request. */
async function admissionOf(send: (app: App) => () => Promise<Response>): Promise<Admission | undefined> {
  const world = openApiWorld();
  await send(createApp(world))();
  return world.admissions[0];
}

describe("a key", () => {
  test("goes to the database with the answer it stands for", async () => {
    const world = openApiWorld();
    const response = await sender(createApp(world))();

    expect(response.status).toBe(201);
    expect(response.headers.get("Idempotency-Replayed")).toBeNull();
    const text = await response.text();
    expect(world.admissions).toMatchObject([{ idempotency: { key: "key-1", response: text } }]);
    expect(world.admissions[0]?.idempotency?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ["1 character", "x"],
    ["255 characters", "x".repeat(255)],
    ["a UUID", "0c3e2f1d-5a70-4a8e-8a41-9a5a1f0f7f11"],
    ["punctuation", `!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`],
    ["spaces around it, which are not part of it", " x "],
  ])("may be %s", async (_what, key) => {
    const admitted = await admissionOf((app) => sender(app, key));

    expect(admitted?.idempotency?.key).toBe(key.trim());
    expect(admitted?.notification).not.toBeNull();
  });

  test.each([
    ["empty", ""],
    ["blank", "  "],
    ["256 characters", "x".repeat(256)],
    ["10,000 characters", "x".repeat(10_000)],
    ["two words", "a b"],
    ["two headers", "a, b"],
    ["not ASCII", "clé"],
    ["a tab", "a\tb"],
    ["a control character", "a\u0001b"],
    ["the delete character", "a\u007fb"],
  ])("is refused when it is %s, and counted", async (_what, key) => {
    const world = openApiWorld();
    const response = await sender(createApp(world), key)();

    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(malformed);
    expect(world.admissions).toMatchObject([{ notification: null, idempotency: null }]);
  });

  test("that is malformed is told of after limits, and before what is wrong with the body", async () => {
    const limited = createApp(openApiWorld({ refusal: "rate" }));
    const invalid = createApp(openApiWorld());

    expect((await sender(limited, "")()).status).toBe(429);
    expect(await (await sender(invalid, "", { body: "nonsense" })()).json()).toEqual(malformed);
  });

  test("is not looked up for a body that is too large to be the same", async () => {
    const world = openApiWorld();
    const response = await sender(createApp(world), "key-1", { body: " ".repeat(maxBodyBytes + 1) })();

    expect(response.status).toBe(413);
    expect(world.admissions).toMatchObject([{ notification: null, idempotency: null }]);
  });

  test("means nothing where nothing is sent", async () => {
    const world = openApiWorld();

    expect((await sender(createApp(world), "", { path: "foo" })()).status).toBe(404);
    expect(world.admissions).toMatchObject([{ idempotency: null }]);
  });
});

describe("two requests are the same", () => {
  const json = JSON.stringify(sms);

  test.each<[boolean, string, string, string]>([
    [true, "by their bytes", "sms", json],
    [false, "not with another space", "sms", `${json} `],
    [false, "not with another value", "sms", json.replace("Zoë", "Zoe")],
    [false, "not in another order", "sms", JSON.stringify(Object.fromEntries(Object.entries(sms).reverse()))],
    [false, "not under another path", "email", json],
    [false, "not without a body", "sms", ""],
  ])("%p: %s", async (isSame, _what, path, body) => {
    const first = await admissionOf((app) => sender(app, "key-1", { body: json }));
    const second = await admissionOf((app) => sender(app, "key-1", { path, body }));

    expect(first?.idempotency?.fingerprint === second?.idempotency?.fingerprint).toBe(isSame);
  });
});

describe("a request whose key is known", () => {
  const bodies: [string, unknown][] = [
    ["that may be sent", sms],
    ["whose template is gone", { ...sms, template_id: liveKey.id }],
    ["that is invalid", {}],
    ["that is no JSON", "nonsense"],
  ];

  test.each(bodies)("gets the first answer: one %s", async (_what, body) => {
    const world = openApiWorld({ refusal: { response: '{"id":"\\u00e9"}\n' } });
    const response = await sender(createApp(world), "key-1", { body })();

    expect(response.status).toBe(201);
    expect(response.headers.get("Idempotency-Replayed")).toBe("true");
    expect(response.headers.get("Content-Type")).toBe("application/json");
    expect(response.headers.get("Access-Control-Allow-Headers")).toBe("Content-Type,Authorization");
    expect(await response.text()).toBe('{"id":"\\u00e9"}\n');
    expect(world.logged).toEqual([]);
  });

  test.each(bodies)("is told so where it was another: one %s", async (_what, body) => {
    const response = await sender(createApp(openApiWorld({ refusal: "other" })), "key-1", { body })();

    expect(response.status).toBe(422);
    expect(await response.json()).toEqual(ofAnother);
  });
});

describe("while a request is in flight", () => {
  /** An API whose first request waits in the database until it is told how that ended. */
  async function withOneInFlight(world: World) {
    const asked = Promise.withResolvers<void>();
    const outcome = Promise.withResolvers<Refusal>();
    const admissions: Admission[] = [];
    const app = createApp({
      ...world,
      admit: async (admission) => {
        admissions.push(admission);
        if (admissions.length > 1) return await world.admit(admission);
        asked.resolve();
        return await outcome.promise;
      },
    });
    const first = sender(app)();
    await asked.promise;
    return { app, first, ...outcome, admissions };
  }

  test("another with its key is told to come back, whatever it asks, and counted", async () => {
    const { app, first, resolve, admissions } = await withOneInFlight(openApiWorld());

    for (const body of [sms, {}, "nonsense"]) {
      const response = await sender(app, "key-1", { body })();

      expect(response.status).toBe(409);
      expect(response.headers.get("Retry-After")).toBe("1");
      expect(await response.json()).toEqual(inFlight);
    }
    resolve(null);

    expect((await first).status).toBe(201);
    expect(admissions.slice(1)).toMatchObject([
      { notification: null, idempotency: null },
      { notification: null, idempotency: null },
      { notification: null, idempotency: null },
    ]);
  });

  test.each<[Refusal, number]>([
    ["rate", 429],
    ["daily", 429],
  ])("another is told first that it is over the limit: %s", async (refusal, status) => {
    const { app, first, resolve } = await withOneInFlight(openApiWorld({ refusal }));

    expect((await sender(app)()).status).toBe(status);
    resolve(null);
    await first;
  });

  test("another with its key is not held against the day's limit", async () => {
    const { app, first, resolve, admissions } = await withOneInFlight(openApiWorld());
    await sender(app)();
    resolve(null);
    await first;

    expect(admissions[1]?.dailyLimit).toBe(Number.MAX_SAFE_INTEGER);
  });

  test.each<[string, (app: App) => Promise<Response>]>([
    ["another key", (app) => sender(app, "key-2")()],
    ["no key", (app) => sender(app, null)()],
  ])("one with %s is not held up", async (_what, send) => {
    const { app, first, resolve } = await withOneInFlight(openApiWorld());

    expect((await send(app)).status).toBe(201);
    resolve(null);
    await first;
  });

  test("one of another type of API key is not held up", async () => {
    const team = { ...liveKey, type: "team" as const, secret: "8d7e5b0e-7e0f-4b56-9c4e-0a4b8d8d6f10" };
    const { app, first, resolve } = await withOneInFlight(
      openApiWorld({ service: { apiKeys: [liveKey, team] } }),
    );
    const response = await app.request(`${base}/v2/notifications/sms`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${await tokenWith({}, { key: team.secret })}`,
        "Idempotency-Key": "key-1",
      },
      body: JSON.stringify(sms),
    });

    expect(response.status).toBe(201);
    resolve(null);
    await first;
  });

  test.each<[string, number, (outcome: PromiseWithResolvers<Refusal>) => void]>([
    ["was accepted", 201, ({ resolve }) => resolve(null)],
    ["was over its limit", 429, ({ resolve }) => resolve("daily")],
    ["took the database too long", 503, ({ reject }) => reject(new Busy("No answer in time"))],
    ["failed", 500, ({ reject }) => reject(new Error("A bug"))],
  ])("its key is free again once it %s", async (_what, status, end) => {
    const { app, first, promise, resolve, reject } = await withOneInFlight(openApiWorld());
    end({ promise, resolve, reject });

    expect((await first).status).toBe(status);
    expect((await sender(app)()).status).toBe(201);
  });

  test.each<[string, Partial<World>, unknown, number]>([
    ["was invalid", {}, {}, 400],
    ["was no JSON", {}, "nonsense", 400],
    [
      "found no template in time",
      { findTemplate: () => Promise.reject(new Busy("No answer in time")) },
      sms,
      503,
    ],
  ])("its key is free again once it %s", async (_what, deps, body, status) => {
    const app = createApp(openApiWorld({}, deps));
    const send = sender(app, "key-1", { body });

    expect([(await send()).status, (await send()).status]).toEqual([status, status]);
  });
});

describe("with a database", () => {
  const traceHeaders = ["x-b3-traceid", "x-b3-spanid"];

  async function everything(response: Response) {
    const headers = Object.fromEntries(response.headers);
    for (const name of [...traceHeaders, "idempotency-replayed"]) delete headers[name];
    return { status: response.status, headers, body: await response.text() };
  }

  /** An API over `admit`, with new ids and templates that can be changed. */
  function openApp(admit: World["admit"], template = smsTemplate): App {
    const templates = [template, emailTemplate];
    return createApp(openApiWorld({ templates }, { admit, newId: () => crypto.randomUUID() }));
  }

  test.each<[string, string, unknown]>([
    ["a text", "sms", sms],
    ["an email", "email", email],
    ["a text to a simulated number", "sms", { ...sms, phone_number: "07700900000" }],
    [
      "an email to a simulated address",
      "email",
      { ...email, email_address: "simulate-delivered@notifications.service.gov.uk" },
    ],
  ])(
    "%s is answered again byte for byte, also by another process and after a restart",
    async (_what, path, body) => {
      await using world = await openAdmit({ now: () => now });
      const send = sender(openApp(world.admit), "key-1", { path, body });
      const restarted = createAdmit({
        sql: world.sql,
        cipher,
        now: () => now,
        timeoutMs: 10_000,
        files: null,
      });

      const first = await send();
      const before = await stored(world.sql);
      const second = await send();
      const third = await sender(openApp(restarted), "key-1", { path, body })();

      const answer = await everything(first);
      expect(answer.status).toBe(201);
      expect(first.headers.get("Idempotency-Replayed")).toBeNull();
      for (const again of [second, third]) {
        expect(again.headers.get("Idempotency-Replayed")).toBe("true");
        expect(await everything(again)).toEqual(answer);
      }
      expect(await stored(world.sql)).toEqual(before);
    },
  );

  test("a template that was changed or deleted since does not change the answer", async () => {
    await using world = await openAdmit({ now: () => now });
    const first = await everything(await sender(openApp(world.admit))());

    for (const template of [
      { ...smsTemplate, content: "Bye", version: 4 },
      { ...smsTemplate, archived: true },
      { ...smsTemplate, id: liveKey.id },
    ]) {
      expect(await everything(await sender(openApp(world.admit, template))())).toEqual(first);
    }
    expect(await stored(world.sql)).toEqual({ notifications: 1, jobs: 1 });
  });

  test("a request that was refused can be mended under its key", async () => {
    await using world = await openAdmit({ now: () => now });
    const app = openApp(world.admit);
    const bad = sender(app, "key-1", { body: { ...sms, personalisation: {} } });

    expect([(await bad()).status, (await bad()).status]).toEqual([400, 400]);
    expect((await sender(app)()).status).toBe(201);
    expect((await bad()).status).toBe(422);
    expect((await sender(app, "key-1", { path: "email", body: email })()).status).toBe(422);
    expect(await stored(world.sql)).toEqual({ notifications: 1, jobs: 1 });
  });

  test("requests without a key are sent as often as they are made", async () => {
    await using world = await openAdmit({ now: () => now });
    const send = sender(openApp(world.admit), null);

    expect([(await send()).status, (await send()).status]).toEqual([201, 201]);
    expect(await stored(world.sql)).toEqual({ notifications: 2, jobs: 2 });
  });
});

describe("with whole APIs", () => {
  const at = () => Math.floor(Date.now() / 1000);

  async function openSender({ service: { id, keys, templates } }: Awaited<ReturnType<typeof openWorld>>) {
    const body = JSON.stringify({
      phone_number: "07700900123",
      template_id: templates.sms,
      personalisation: { name: "Ada", day: "Monday" },
    });
    const Authorization = `Bearer ${await tokenWith({ iss: id, iat: at() }, { key: keys.normal.slice(-36) })}`;
    return ({ app }: { app: App }, key: string) =>
      app.request(`${base}/v2/notifications/sms`, {
        method: "POST",
        headers: { Authorization, "Idempotency-Key": key },
        body,
      });
  }

  test("two send once what both are asked at once, again and again", async () => {
    await using world = await openWorld({ worker: false });
    const other = await startApi({ config: world.config, log: world.log, scrypt });
    const ask = await openSender(world);

    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => ask(n % 2 ? other : world.api, "key-1")),
    );
    const later = await ask(other, "key-1");
    await other.close();

    const firsts = answers.filter((one) => one.status === 201 && !one.headers.has("Idempotency-Replayed"));
    const [first = ""] = await Promise.all(firsts.map((one) => one.text()));
    for (const answer of answers) {
      expect([201, 409]).toContain(answer.status);
      if (answer.headers.has("Idempotency-Replayed")) expect(await answer.text()).toBe(first);
    }
    expect(firsts).toHaveLength(1);
    expect(await later.text()).toBe(first);
    const rows = await world.sql<{ id: string }[]>`select id from notifications`;
    expect([...rows]).toEqual([{ id: JSON.parse(first).id }]);
  });

  test("what got a 503 while the database hung is sent once when it is asked again", async () => {
    await using world = await openWorld({ worker: false, env: { ADMIT_TIMEOUT_MS: "1000" } });
    const ask = await openSender(world);
    await ask(world.api, "key-0");

    const during = await world.sql.begin(async (holder) => {
      await holder`select from service_counters for update`;
      return await ask(world.api, "key-1");
    });
    const after = await ask(world.api, "key-1");
    const again = await ask(world.api, "key-1");

    expect([during.status, after.status, again.status]).toEqual([503, 201, 201]);
    expect(await again.text()).toBe(await after.text());
    expect(await stored(world.sql)).toEqual({ notifications: 2, jobs: 2 });
  });
});
