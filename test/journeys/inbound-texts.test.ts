import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import * as v from "valibot";
import { setCallback } from "../../shared/callback/queries.ts";
import type { Message } from "../sandbox/message.ts";
import { giveNumber, textsOf } from "../support/inbound.ts";
import { until } from "../support/until.ts";
import { openWorld, type World, type WorldService } from "../support/world.ts";

let world: World;
let service: WorldService;
let number: string;
const token = "what-the-service-expects";

beforeAll(async () => {
  world = await openWorld();
}, 120_000);

afterAll(() => world[Symbol.asyncDispose]());

beforeEach(async () => {
  service = await world.addService(`Service ${crypto.randomUUID()}`);
  number = await giveNumber(world, service.id);
  const url = `${world.sandbox.url}/callback/texts`;
  await setCallback(world.sql, world.cipher, {
    serviceId: service.id,
    type: "inbound_sms",
    url,
    bearerToken: token,
  });
});

interface Text {
  provider?: "mmg" | "firetext";
  from?: string;
  to?: string;
  message?: string;
  reference?: string;
}

const Answered = v.object({ answer: v.object({ status: v.number(), body: v.string() }) });

/** Somebody texts the service; what its provider was answered. */
async function text(over: Text = {}): Promise<{ status: number; body: string }> {
  const body = { provider: "mmg", from: "07700900123", to: number, message: "Hello", ...over };
  const response = await fetch(`${world.sandbox.url}/inbound`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  return v.parse(Answered, await response.json()).answer;
}

const taken = { status: 200, body: '{"status":"ok"}' };

const Received = v.object({ received_text_messages: v.array(v.record(v.string(), v.string())) });

/** Through the official client, newest first. */
async function readBack(key = service.keys.normal) {
  return v.parse(Received, (await world.client(key).getReceivedTexts()).data).received_text_messages;
}

function told(words: string): Promise<Message> {
  return world.sandbox.waitFor(({ to, body }) => to === "/callback/texts" && body.includes(words), {
    timeoutMs: 20_000,
  });
}

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);

describe("somebody texts a service", () => {
  test.each(["mmg", "firetext"] as const)("by %s: it is told, and can read it", async (provider) => {
    const message = `It's 1+1 = 2 & 100%\nat £5 😀 ${provider}`;

    expect(await text({ provider, message })).toEqual(taken);
    const callback = await told(number);

    expect(callback.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    });
    const [received, ...others] = await readBack();
    expect(others).toEqual([]);
    expect(received).toEqual({
      id: expect.any(String),
      service_id: service.id,
      notify_number: number,
      user_number: "447700900123",
      content: message,
      created_at: instant,
    });
    expect(JSON.parse(callback.body)).toEqual({
      id: received?.id,
      source_number: "447700900123",
      destination_number: number,
      message,
      date_received: instant,
    });
    expect(await readBack(service.keys.test)).toHaveLength(1);
  });

  test("who is known by a name, and writes STOP, is passed on like anybody", async () => {
    await text({ from: "07700900124", message: "STOP" });
    await told(number);
    await text({ from: "EE Alerts", message: "Your bill" });
    await told("EE Alerts");

    expect((await readBack()).map(({ user_number, content }) => [user_number, content])).toEqual([
      ["EE Alerts", "Your bill"],
      ["447700900124", "STOP"],
    ]);
    // A service's own business: nobody was taken off anything.
    expect(await world.sql`select from unsubscribe_requests`).toHaveLength(0);
  });

  test("through a provider that brings it three times, and is heard once", async () => {
    const answers = [];
    for (let n = 0; n < 3; n++) answers.push(await text({ reference: "the-same" }));
    await text({ message: "The last", reference: "another" });
    await told("The last");

    expect(answers).toEqual([taken, taken, taken]);
    await until(async () => (await readBack()).length === 2, "both texts are stored");
    await until(async () => (await jobsLeft()) === 0, "all callbacks are made");
    expect(toldOf(number).length).toBe(2);
  });

  test("at a number that nobody has, and the provider need not bring it again", async () => {
    expect(await text({ to: "07700900999" })).toEqual({ status: 200, body: "RECEIVED" });
    expect(await text({ to: "07700900999", provider: "firetext" })).toEqual(taken);
    expect(await readBack()).toEqual([]);
  });

  test("whose service has no ear for it: the text is there to be read", async () => {
    await world.sql`delete from service_callback_api where service_id = ${service.id}`;

    await text();

    await until(async () => (await readBack()).length === 1, "the text is stored");
    expect(toldOf(number)).toEqual([]);
  });

  test("while its receiver is down: it is told later, of the same text", async () => {
    world.sandbox.setFault({ provider: "callback", path: "/callback/texts", status: 503, count: 1 });
    await text({ message: "Wait for it" });
    const retry = () => world.sql`
      update pgboss.job set start_after = now() where name = 'service-callbacks-retry' and state = 'created'
        and group_id = ${service.id} returning id`;
    await until(async () => (await retry()).length === 1, "a retry waits");
    await world.sql`select pg_notify('pillarbox_jobs', 'service-callbacks-retry')`;

    await until(() => toldOf(number).length === 2, "it was told again");

    const [again, first] = toldOf(number);
    expect(first?.status).toBe(503);
    expect(again).toMatchObject({ status: 200, body: first?.body ?? "" });
  });
});

function toldOf(words: string): Message[] {
  return world.sandbox
    .messages("callback")
    .filter(({ to, body }) => to === "/callback/texts" && body.includes(words));
}

async function jobsLeft(): Promise<number> {
  const rows = await world.sql`
    select from pgboss.job where group_id = ${service.id} and state in ('created', 'active')`;
  return rows.length;
}

test("1,000 texts at once, and each comes through once, whole", async () => {
  const texts = Array.from({ length: 1000 }, (_, n) => `Text ${n} 😀`);
  const post = (message: string, n: number) =>
    world.api.app.request("/notifications/sms/receive/mmg", {
      method: "POST",
      body: JSON.stringify({
        MSISDN: "447700900123",
        Number: number.replace(/^0/, "44"),
        Message: encodeURIComponent(message),
        ID: `burst-${n}`,
      }),
    });

  // Each twice, as a provider does that was kept waiting.
  const answers = await Promise.all([...texts, ...texts].map((message, at) => post(message, at % 1000)));
  await until(
    async () => toldOf(number).length >= 1000 && (await jobsLeft()) === 0,
    "the service was told of all",
  );

  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  const stored = await textsOf(world, service.id);
  expect(stored.map(({ content }) => content).sort()).toEqual(texts.toSorted());
  expect(new Set(toldOf(number).map(({ body }) => JSON.parse(body).message))).toEqual(new Set(texts));
  expect(toldOf(number)).toHaveLength(1000);
}, 120_000);
