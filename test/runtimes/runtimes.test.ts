import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import * as v from "valibot";
import { createSnsSigner } from "../sandbox/sns.ts";
import { lanes } from "./lanes.ts";
import { openPlace, type Place } from "./place.ts";
import type { Server } from "./server.ts";
import { type Kept, type Step, steps } from "./steps.ts";
import { transcribe } from "./transcript.ts";

setDefaultTimeout(120_000);

/** By step: what the first lane answered. */
const first = new Map<string, string>();

describe.each(lanes.map((lane) => [lane.name, lane] as const))("the API on %s", (_, lane) => {
  let place: Place;
  let server: Server;
  const kept: Kept = new Map();
  beforeAll(async () => {
    place = await openPlace();
    server = await lane.start(place.databaseUrl, {
      SNS_TRUSTED_ORIGINS: place.world.sandbox.url,
      // So that no crowd is too large for a busy machine.
      ADMIT_TIMEOUT_MS: "20000",
    });
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await place?.[Symbol.asyncDispose]();
  });

  const ask = async ({ path, method, key = "normal", headers, body }: Step): Promise<Response> => {
    const content = body?.(place);
    return await fetch(server.url + (typeof path === "string" ? path : path(place, kept)), {
      method: method ?? (body ? "POST" : "GET"),
      headers: {
        ...(key === null ? {} : { Authorization: await place.bearer(key) }),
        "Content-Type": "application/json",
        ...headers,
      },
      body: content === undefined ? null : typeof content === "string" ? content : JSON.stringify(content),
      redirect: "manual",
      keepalive: false,
    });
  };

  test.each(steps.map((step) => [step.name, step] as const))("answers alike: %s", async (name, step) => {
    const { service } = place.world;
    const answer = await ask(step);
    step.keep?.(await answer.clone().text(), kept);
    const text = await transcribe(
      answer,
      new Map([
        [`${server.url}/`, "root"],
        [server.url, "address"],
        [service.id, "service"],
        [service.templates.sms, "sms"],
        [service.templates.email, "email"],
        [service.templates.letter, "letter"],
      ]),
    );

    expect(answer.status).toBe(step.status);
    const body = text.slice(text.indexOf("\n\n") + 2);
    if (step.says !== undefined) expect(body).toBe(step.says);
    if (step.begins !== undefined) expect(body.slice(0, step.begins.length)).toBe(step.begins);
    if (!first.has(name)) first.set(name, text);
    expect(text).toBe(first.get(name) ?? "");
  });

  test("goes through all pages once", async () => {
    const seen: string[] = [];
    let next = "/v2/notifications?reference=page";
    for (let pages = 0; pages < 5 && next !== ""; pages++) {
      const answer = await ask({ name: "page", path: next, key: "team", status: 200 });
      const { links, notifications } = v.parse(Page, await answer.json());
      seen.push(...notifications.map(({ id }) => id));
      next = links.next?.slice(server.url.length) ?? "";
    }

    expect(seen.length).toBe(510);
    expect(new Set(seen).size).toBe(510);
  });

  const largest = 8 * 1024 * 1024;
  test.each([
    ["of 8 MiB is read", largest, 400],
    ["of a byte more is not", largest + 1, 413],
  ])("a body %s, declared and in chunks", async (_, size, status) => {
    const start = '{"phone_number":"';
    const whole = `${start}${"1".repeat(size - start.length - 2)}"}`;
    const declared = await ask({ name: "large", path: "/v2/notifications/sms", body: () => whole, status });
    const chunked = await fetch(`${server.url}/v2/notifications/sms`, {
      method: "POST",
      headers: { Authorization: await place.bearer() },
      body: inChunks(whole),
      keepalive: false,
    });

    expect([declared.status, chunked.status]).toEqual([status, status]);
    expect(await chunked.text()).toBe(await declared.text());
  });

  test.each(["1", "2"] as const)(
    "believes SES's receipt, signed as SNS's version %s does",
    async (version) => {
      const sign = await createSnsSigner(version, () => place.world.sandbox.url);
      const messageId = `ses-${version}`;
      const envelope = await sign(
        JSON.stringify({
          notificationType: "Delivery",
          mail: { messageId, destination: ["ada@example.com"] },
          delivery: { timestamp: new Date().toISOString() },
        }),
      );
      const post = (body: object) =>
        ask({
          name: "receipt",
          key: null,
          path: "/notifications/email/ses",
          headers: { "x-amz-sns-message-type": "Notification" },
          body: () => body,
          status: 200,
        });

      const genuine = await post(envelope);
      const forged = await post({ ...envelope, Message: envelope.Message.replace("Delivery", "Complaint") });

      expect([genuine.status, forged.status]).toEqual([200, 400]);
      const jobs = await place.world.sql`
      select from pgboss.job where name = 'ses-receipts' and data->>'reference' = ${messageId}`;
      expect(jobs).toHaveLength(1);
    },
  );

  test("lets people sign in to the console, upload a list of people, and sign out", async () => {
    const { email, password } = place.operator;
    const post = (path: string, fields: Record<string, string> | FormData, cookie = "") =>
      fetch(server.url + path, {
        method: "POST",
        headers: { Cookie: cookie },
        body: fields instanceof FormData ? fields : new URLSearchParams(fields),
        redirect: "manual",
        keepalive: false,
      });
    const get = (path: string, cookie: string) =>
      fetch(server.url + path, { headers: { Cookie: cookie }, redirect: "manual", keepalive: false });

    // As another keyboard writes the same letter.
    const signedIn = await post("/console/sign-in", { email, password: password.normalize("NFD") });
    const cookie = signedIn.headers.get("Set-Cookie")?.split(";")[0] ?? "";
    const page = await get("/console/account", cookie);
    const text = await page.text();
    const token = /name="form_token" value="([^"]+)"/.exec(text)?.[1] ?? "";
    const { id, templates } = place.world.service;
    const list = new FormData();
    list.set("form_token", token);
    list.set("template", templates.sms);
    list.set(
      "file",
      new File(["phone number,name,day\n07400123456,Ada,Monday\n"], `${crypto.randomUUID()}.csv`),
    );
    const uploaded = await post(`/console/services/${id}/batches/uploads`, list, cookie);
    const checked = await get(uploaded.headers.get("Location") ?? "", cookie);
    const preview = await checked.text();
    const signedOut = await post("/console/sign-out", { form_token: token }, cookie);
    const after = await get("/console/account", cookie);

    expect([signedIn.status, signedIn.headers.get("Location")]).toEqual([303, "/console"]);
    expect(page.status).toBe(200);
    expect(text).toContain("Ada");
    expect([uploaded.status, checked.status]).toEqual([303, 200]);
    expect(preview).toContain("Hello Ada, come on Monday");
    expect([signedOut.status, after.status]).toEqual([303, 303]);
  });

  test(`takes ${lane.takesHundreds ? 400 : 64} requests at once`, async () => {
    const count = lane.takesHundreds ? 400 : 64;
    const { sql, service } = place.world;
    const body = () => ({
      phone_number: "07700900123",
      template_id: service.templates.sms,
      personalisation: { name: "Ada", day: "Monday" },
      reference: "crowd",
    });

    const answers = await Promise.all(
      Array.from({ length: count }, () =>
        ask({ name: "crowd", path: "/v2/notifications/sms", body, status: 201 }),
      ),
    );
    const ids = await Promise.all(
      answers.map(async (answer) => /"id":"([0-9a-f-]{36})"/.exec(await answer.text())?.[1]),
    );

    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    const stored = await sql<{ id: string }[]>`
      select n.id from notifications n join pgboss.job j on j.data->>'notificationId' = n.id::text
      where n.client_reference = 'crowd'`;
    expect(stored.map(({ id }) => id).sort()).toEqual(ids.map((id) => id ?? "").sort());
  });
});

const Page = v.object({
  links: v.object({ next: v.optional(v.string()) }),
  notifications: v.array(v.object({ id: v.string() })),
});

function inChunks(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + 64 * 1024));
      at += 64 * 1024;
    },
  });
}
