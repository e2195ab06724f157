import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { openDatabase } from "../../../shared/database.ts";
import { createTemplate } from "../../../shared/template/queries.ts";
import { RetryIn } from "../../../worker/consume.ts";
import type { WorkerDeps } from "../../../worker/deps.ts";
import { mmg } from "../../../worker/providers/mmg.ts";
import { smtp } from "../../../worker/providers/smtp.ts";
import { createStore } from "../../../worker/store.ts";
import { applySmsReceipt } from "../../../worker/tasks/apply-receipt.ts";
import { deliverEmail } from "../../../worker/tasks/deliver-email.ts";
import { deliverSms } from "../../../worker/tasks/deliver-sms.ts";
import { deliveryExhausted } from "../../../worker/tasks/delivery-exhausted.ts";
import type { Message } from "../../sandbox/message.ts";
import { jobsAbout, notificationRow } from "../../support/notifications.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never, openProvider } from "../providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterEach(async () => {
  world.sandbox.clearFaults();
  await world.sandbox.receiptsSettled();
});

afterAll(() => world[Symbol.asyncDispose]());

/** In the order of their names: 0 draws Firetext, what is close to 1 MMG. */
const drawing = { firetext: () => 0, mmg: () => 0.999 };

const row = (id: string) => notificationRow(world.sql, id);
const callbacksOf = (id: string) => jobsAbout(world.sql, "service-callbacks", id);

function textsOf(id: string): Message[] {
  return world.sandbox.messages("sms").filter(({ reference }) => reference === id);
}

/** A worker that only has MMG, which answers when `answer` is called. */
function openSlowMmg(over: Partial<WorkerDeps> = {}) {
  const reached = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<Response>();
  const server = openProvider(() => {
    reached.resolve();
    return answered.promise.then((response) => response.clone());
  });
  const provider = mmg({
    url: server.url,
    apiKey: "k",
    timeoutMs: 10_000,
    receiptUrl: null,
    receiptCredentials: null,
  });
  return {
    deps: world.newDeps({ smsProviders: new Map([["mmg", provider]]), ...over }),
    requests: server.requests,
    reached: reached.promise,
    answer: () => answered.resolve(Response.json({ Reference: 1 })),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function failureOf(attempt: Promise<void>): Promise<Error> {
  const outcome = await attempt.then(
    () => "no failure",
    (error: unknown) => error,
  );
  if (outcome instanceof Error) return outcome;
  throw new Error(`Expected a failure: ${outcome}`);
}

describe("deliver-sms", () => {
  test("hands a text to a provider and notes who took it and when", async () => {
    const id = await world.notification();
    const startedAt = Date.now();

    await deliverSms({ notificationId: id }, world.newDeps({ random: drawing.mmg }), never);

    expect(textsOf(id)).toMatchObject([
      { provider: "mmg", to: "447700900123", from: "TownHall", body: "Hello Ada, come on Monday" },
    ]);
    const { sentAt, updatedAt, ...rest } = await row(id);
    expect(rest).toMatchObject({ status: "sending", sentBy: "mmg", billableUnits: 1, claimed: false });
    expect(sentAt?.getTime()).toBeGreaterThanOrEqual(startedAt);
    expect(updatedAt).toEqual(sentAt);
    expect(await callbacksOf(id)).toEqual([]);
  });

  test.each(["sending", "pending", "sent", "delivered", "permanent-failure", "technical-failure"] as const)(
    "does not send again when its job is redelivered and the text is %s",
    async (status) => {
      const id = await world.notification({ status });
      const before = await row(id);

      await deliverSms({ notificationId: id }, world.deps, never);

      expect(textsOf(id)).toEqual([]);
      expect(await row(id)).toEqual(before);
    },
  );

  test("does nothing for a notification that is gone", async () => {
    const id = crypto.randomUUID();

    await deliverSms({ notificationId: id }, world.deps, never);

    expect(world.lines.filter(({ facts }) => facts.notificationId === id)).toMatchObject([
      { level: "warn", facts: { status: null }, message: "Already handled" },
    ]);
  });

  test("asks one provider once though another worker has the same text", async () => {
    await using first = openSlowMmg();
    const id = await world.notification();
    const delivery = deliverSms({ notificationId: id }, first.deps, never);
    await first.reached;

    const failure = await failureOf(deliverSms({ notificationId: id }, world.newDeps(), never));
    first.answer();
    await delivery;

    expect(failure).toBeInstanceOf(RetryIn);
    expect(failure).toMatchObject({ seconds: world.deps.claimSeconds });
    expect(first.requests).toHaveLength(1);
    expect(textsOf(id)).toEqual([]);
    expect(await row(id)).toMatchObject({ status: "sending", sentBy: "mmg" });
  });

  test("asks one provider once though many workers, and one worker twice, begin at the same time", async () => {
    const id = await world.notification();
    const workers = Array.from({ length: 5 }, () => world.newDeps());

    await Promise.allSettled(
      [...workers, ...workers].map((deps) => deliverSms({ notificationId: id }, deps, never)),
    );

    expect(textsOf(id)).toHaveLength(1);
    expect((await row(id)).status).toBe("sending");
  });

  test("takes over from a worker that died with the text once its claim lapses, not before", async () => {
    const id = await world.notification();
    await createStore(world.sql, { claimSeconds: 1 }).claim(id);
    const failure = await failureOf(deliverSms({ notificationId: id }, world.deps, never));

    await until(async () => !(await row(id)).claimed, "the claim lapses");
    await deliverSms({ notificationId: id }, world.deps, never);

    expect(failure).toBeInstanceOf(RetryIn);
    expect(textsOf(id)).toHaveLength(1);
    expect((await row(id)).status).toBe("sending");
  });

  test("keeps its claim when it is stopped while the provider may have the text", async () => {
    await using slow = openSlowMmg();
    const id = await world.notification();
    const stop = new AbortController();
    const delivery = deliverSms({ notificationId: id }, slow.deps, stop.signal);
    await slow.reached;

    stop.abort(new Error("The worker is stopping"));

    expect((await failureOf(delivery)).message).toBe("The worker is stopping");
    expect(await row(id)).toMatchObject({ status: "created", claimed: true, lastTried: null });
  });

  test("holds no database connection while the provider takes its time", async () => {
    await using slow = openSlowMmg();
    const ids = await Promise.all(Array.from({ length: 20 }, () => world.notification()));
    const deliveries = ids.map((id) => deliverSms({ notificationId: id }, slow.deps, never));
    await until(() => slow.requests.length === ids.length, "all are at the provider");

    const [busy] = await world.sql`
      select count(*)::int as count from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`;
    slow.answer();
    await Promise.all(deliveries);

    expect(busy?.count).toBe(0);
  });

  test("ends an inactive service's text for good and tells the service", async () => {
    const service = await world.addService("Closed");
    await world.sql`update services set active = false where id = ${service.id}`;
    const id = await world.notification({ serviceId: service.id });

    await deliverSms({ notificationId: id }, world.deps, never);

    expect(textsOf(id)).toEqual([]);
    expect(await row(id)).toMatchObject({
      status: "technical-failure",
      sentAt: null,
      sentBy: null,
      reason: "The service is inactive",
      claimed: false,
    });
    expect(await callbacksOf(id)).toHaveLength(1);
  });

  test("lets go of a text that its provider could not take, and tries the other one next", async () => {
    world.sandbox.setFault({ provider: "mmg", status: 503 });
    const id = await world.notification();
    // MMG both times, were it not for the first failure.
    const deps = world.newDeps({ random: drawing.mmg });

    const failure = await failureOf(deliverSms({ notificationId: id }, deps, never));
    const between = await row(id);
    await deliverSms({ notificationId: id }, deps, never);

    expect(failure.message).toStartWith("mmg is unavailable: MMG answered 503");
    expect(between).toMatchObject({ status: "created", claimed: false, lastTried: "mmg", sentAt: null });
    expect(textsOf(id).map(({ provider }) => provider)).toEqual(["firetext"]);
    expect(await row(id)).toMatchObject({ status: "sending", sentBy: "firetext" });
    expect(await callbacksOf(id)).toEqual([]);
  });

  test.each<[string, object]>([
    ["drops the connection", { reset: true }],
    ["refuses the key", { status: 401 }],
    ["refuses with a 200", { body: '{"code":3,"description":"From error"}' }],
  ])("asks for another attempt when the provider %s", async (_what, fault) => {
    world.sandbox.setFault({ provider: "firetext", ...fault });
    const id = await world.notification();

    const failure = await failureOf(
      deliverSms({ notificationId: id }, world.newDeps({ random: drawing.firetext }), never),
    );

    expect(failure.message).toStartWith("firetext is unavailable");
    expect(failure.message).not.toContain("900123");
    expect(await row(id)).toMatchObject({ status: "created", claimed: false, lastTried: "firetext" });
  });

  test("counts the fragments of a text whose provider gave no answer: it may have gone, and be billed", async () => {
    world.sandbox.setFault({ provider: "mmg", accept_without_answer: true });
    const id = await world.notification();

    await failureOf(deliverSms({ notificationId: id }, world.newDeps({ random: drawing.mmg }), never));

    expect(await row(id)).toMatchObject({ status: "created", billableUnits: 1 });
  });

  test("keeps the end an early receipt gave, adds when and by whom it was sent, and never sends it again", async () => {
    world.sandbox.setFault({ provider: "mmg", early_receipts: true, delay_ms: 1000 });
    const id = await world.notification();
    const delivery = deliverSms({ notificationId: id }, world.newDeps({ random: drawing.mmg }), never);
    await until(async () => (await jobsAbout(world.sql, "sms-receipts", id)).length > 0, "the receipt comes");
    const [receipt] = await jobsAbout(world.sql, "sms-receipts", id);

    await applySmsReceipt(receipt?.data as never, world.deps);
    const between = await row(id);
    await delivery;
    await deliverSms({ notificationId: id }, world.deps, never);

    expect(between).toMatchObject({ status: "delivered", sentAt: null, sentBy: "mmg" });
    const after = await row(id);
    expect(after).toMatchObject({ status: "delivered", sentBy: "mmg", billableUnits: 1 });
    expect(after.sentAt).not.toBeNull();
    expect(after.updatedAt).toEqual(between.updatedAt);
    expect(textsOf(id)).toHaveLength(1);
    expect(await callbacksOf(id)).toHaveLength(1);
  });

  test("keeps the end an early receipt gave though the provider's own answer broke off", async () => {
    world.sandbox.setFault({
      provider: "mmg",
      early_receipts: true,
      accept_without_answer: true,
      delay_ms: 500,
    });
    const id = await world.notification();
    const delivery = failureOf(
      deliverSms({ notificationId: id }, world.newDeps({ random: drawing.mmg }), never),
    );
    await until(async () => (await jobsAbout(world.sql, "sms-receipts", id)).length > 0, "the receipt comes");
    const [receipt] = await jobsAbout(world.sql, "sms-receipts", id);

    await applySmsReceipt(receipt?.data as never, world.deps);
    await delivery;
    await deliverSms({ notificationId: id }, world.deps, never);

    expect(await row(id)).toMatchObject({ status: "delivered", sentBy: "mmg", billableUnits: 1 });
    expect(textsOf(id)).toHaveLength(1);
  });

  describe("to a number abroad", () => {
    const abroad = { to: "+33 6 12 34 56 78", normalisedTo: "33612345678", international: true };

    test("goes only by a provider that sends abroad, and is `sent`", async () => {
      const ids = await Promise.all(Array.from({ length: 5 }, () => world.notification(abroad)));
      const deps = world.newDeps({ random: drawing.firetext });

      for (const notificationId of ids) await deliverSms({ notificationId }, deps, never);

      for (const id of ids) {
        expect(textsOf(id).map(({ provider }) => provider)).toEqual(["mmg"]);
        expect(await row(id)).toMatchObject({ status: "sent", sentBy: "mmg", billableUnits: 1 });
      }
    });

    test("stays with the one provider that sends abroad though it just failed", async () => {
      world.sandbox.setFault({ provider: "mmg", status: 500, count: 1 });
      const id = await world.notification(abroad);

      await failureOf(deliverSms({ notificationId: id }, world.deps, never));
      await deliverSms({ notificationId: id }, world.deps, never);

      expect(textsOf(id).map(({ provider }) => provider)).toEqual(["mmg"]);
    });
  });

  test.each([
    ["put before its texts", true, "Town Hall: Hello Ada, come on Monday"],
    ["left out", false, "Hello Ada, come on Monday"],
  ])("a service's name is %s as it wishes", async (_how, prefix, body) => {
    await using own = await openWorld({ worker: false });
    await own.sql`update services set prefix_sms = ${prefix}`;
    const id = await own.notification();

    await deliverSms({ notificationId: id }, own.deps, never);

    expect(own.sandbox.messages("sms").map((text) => text.body)).toEqual([body]);
  });

  test.each<[string, Record<string, string>, string, number]>([
    ["plain", { name: "Ada", day: "Monday" }, "Hello Ada, come on Monday", 1],
    [
      "with letters no phone has",
      { name: "“Łukasz” 🙂", day: "Mon…" },
      'Hello "Lukasz" ?, come on Mon...',
      1,
    ],
    ["in Welsh", { name: "Siân ŵ", day: "x".repeat(51) }, `Hello Siân ŵ, come on ${"x".repeat(51)}`, 2],
    ["long", { name: "A", day: "x".repeat(160) }, `Hello A, come on ${"x".repeat(160)}`, 2],
  ])(
    "a text %s goes out as phones can show it, its fragments counted",
    async (_what, personalisation, body, units) => {
      const id = await world.notification({ personalisation });

      await deliverSms({ notificationId: id }, world.deps, never);

      expect(textsOf(id).map((text) => text.body)).toEqual([body]);
      expect((await row(id)).billableUnits).toBe(units);
    },
  );

  test("goes from the sender its request chose", async () => {
    const id = await world.notification({ replyToText: "Libraries" });

    await deliverSms({ notificationId: id }, world.deps, never);

    expect(textsOf(id).map(({ from }) => from)).toEqual(["Libraries"]);
  });

  test("says what its own version of the template said", async () => {
    const templateId = await createTemplate(world.sql, {
      serviceId: world.service.id,
      name: "Changing",
      type: "sms",
      content: "First",
      subject: null,
    });
    await world.sql`update templates set content = 'Second', version = 2 where id = ${templateId}`;
    const [old, fresh] = [
      await world.notification({ templateId, personalisation: null }),
      await world.notification({ templateId, templateVersion: 2, personalisation: null }),
    ];

    for (const notificationId of [old, fresh]) await deliverSms({ notificationId }, world.deps, never);

    expect([...textsOf(old), ...textsOf(fresh)].map(({ body }) => body)).toEqual(["First", "Second"]);
  });

  test("asks for another attempt while its template's version is missing, and lets go of the text", async () => {
    const id = await world.notification({ templateVersion: 7 });

    const failure = await failureOf(deliverSms({ notificationId: id }, world.deps, never));

    expect(failure.message).toStartWith("Cannot find version 7 of template ");
    expect(await row(id)).toMatchObject({ status: "created", claimed: false });
    expect(textsOf(id)).toEqual([]);
  });

  test("asks for another attempt where no provider is active", async () => {
    const id = await world.notification();
    const deps = world.newDeps({ listActiveProviders: async () => [] });

    const failure = await failureOf(deliverSms({ notificationId: id }, deps, never));

    expect(failure.message).toBe("Cannot send: no sms provider is configured and active");
    expect(await row(id)).toMatchObject({ status: "created", claimed: false });
  });

  test("personalisation can be read neither in the row nor in a job, and is sent all the same", async () => {
    const client = world.client();
    const personalisation = { name: "Zebedee", day: "Whitsun" };
    const { data } = await client.sendSms(world.service.templates.sms, "07700900123", { personalisation });
    const { id } = data as { id: string };

    const stored = await world.sql`
      select n::text as text from notifications n where id = ${id}
      union all select j::text from pgboss.job j where j.data->>'notificationId' = ${id}`;
    await deliverSms({ notificationId: id }, world.deps, never);

    expect(stored).toHaveLength(2);
    for (const { text } of stored) {
      expect(text).not.toContain("Zebedee");
      expect(text).not.toContain("Whitsun");
    }
    expect(textsOf(id).map(({ body }) => body)).toEqual(["Hello Zebedee, come on Whitsun"]);
  });
});

describe("after the provider took a text, the note of it", () => {
  /** A worker with one connection of its own, so that a test can find it. */
  function openUnlucky(name: string, statementTimeoutMs: number) {
    const sql = openDatabase(world.config.databaseUrl, { name, connections: 1, statementTimeoutMs });
    return {
      store: createStore(sql, { claimSeconds: 20 }),
      /** Once it waits for a lock, its process number. */
      async waiting(): Promise<number> {
        const find = () => world.sql<{ pid: number }[]>`
          select pid from pg_stat_activity where application_name = ${name} and wait_event_type = 'Lock'`;
        return await until(async () => (await find())[0]?.pid, "it waits for the lock");
      },
      [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }),
    };
  }

  /** Runs `meanwhile` while nobody else can change the notification's row. */
  async function locking(id: string, meanwhile: () => Promise<void>): Promise<void> {
    await world.sql.begin(async (tx) => {
      await tx`select from notifications where id = ${id} for update`;
      await meanwhile();
    });
  }

  test("is made again when its connection breaks, and the text is not sent again", async () => {
    await using unlucky = openUnlucky("broken", 30_000);
    await using slow = openSlowMmg({ store: unlucky.store });
    const id = await world.notification();
    const delivery = deliverSms({ notificationId: id }, slow.deps, never);
    await slow.reached;

    await locking(id, async () => {
      slow.answer();
      await world.sql`select pg_terminate_backend(${await unlucky.waiting()})`;
    });
    await delivery;

    expect(slow.requests).toHaveLength(1);
    expect(await row(id)).toMatchObject({ status: "sending", sentBy: "mmg", billableUnits: 1 });
  });

  test("is made again when it took too long, and the text is not sent again", async () => {
    await using unlucky = openUnlucky("slow", 100);
    await using slow = openSlowMmg({ store: unlucky.store });
    const id = await world.notification();
    const delivery = deliverSms({ notificationId: id }, slow.deps, never);
    await slow.reached;

    const troubles = () =>
      world.lines.filter(({ message }) => message.startsWith("Cannot store that")).length;
    const before = troubles();
    await locking(id, async () => {
      slow.answer();
      await until(() => troubles() >= before + 2, "it fails twice");
    });
    await delivery;

    expect(slow.requests).toHaveLength(1);
    expect(await row(id)).toMatchObject({ status: "sending", sentBy: "mmg" });
  });

  test.each([
    ["a deadlock", "40P01"],
    ["a serialization failure", "40001"],
    ["a full disk", "53100"],
  ])("is made again after %s", async (_what, code) => {
    await using own = await openWorld({ worker: false });
    // A sequence keeps its place when the statement that used it fails.
    await own.sql.unsafe(`
      create sequence troubles;
      create function trouble() returns trigger language plpgsql as $$
      begin
        if nextval('troubles') <= 2 then raise exception 'trouble' using errcode = '${code}'; end if;
        return new;
      end $$;
      create trigger trouble before update of sent_at on notifications for each row execute function trouble();`);
    const id = await own.notification();

    await deliverSms({ notificationId: id }, own.deps, never);

    expect(own.sandbox.count("sms")).toBe(1);
    expect((await notificationRow(own.sql, id)).status).toBe("sending");
  });

  test("survives an id of the provider's that no column can hold", async () => {
    world.sandbox.setFault({ provider: "ses", body: '{"MessageId":"ab\\u0000c\\ud800"}' });
    const id = await world.notification({ channel: "email" });

    await deliverEmail({ notificationId: id }, world.deps, never);

    expect((await row(id)).status).toBe("sending");
  });
});

describe("deliver-email", () => {
  async function emailOf(reference: string | null): Promise<Message> {
    return world.sandbox.waitFor((message) => message.channel === "email" && message.reference === reference);
  }

  test("hands an email to a provider and keeps the id its receipts will name", async () => {
    const id = await world.notification({ channel: "email" });

    await deliverEmail({ notificationId: id }, world.deps, never);

    const stored = await row(id);
    expect(stored).toMatchObject({ status: "sending", sentBy: "ses", billableUnits: 0, claimed: false });
    const email = await emailOf(stored.reference);
    expect(email).toMatchObject({
      to: "Ada@example.com",
      from: '"Town Hall" <town.hall@notifications.localhost>',
      subject: "Your visit on Monday",
      headers: { "Reply-To": "answers@town-hall.example" },
    });
    expect(email.body).toContain("Hello Ada");
  });

  test("has no reply-to where its service has none", async () => {
    const id = await world.notification({ channel: "email", replyToText: null });

    await deliverEmail({ notificationId: id }, world.deps, never);

    expect((await emailOf((await row(id)).reference)).headers).not.toHaveProperty("Reply-To");
  });

  test("writes hosts outside ASCII as mail servers know them, its own recipient and the reply-to", async () => {
    const id = await world.notification({
      channel: "email",
      to: "ada@bücher.example",
      replyToText: "antwort@müller.example",
    });

    await deliverEmail({ notificationId: id }, world.deps, never);

    expect(await emailOf((await row(id)).reference)).toMatchObject({
      to: "ada@xn--bcher-kva.example",
      headers: { "Reply-To": "antwort@xn--mller-kva.example" },
    });
  });

  test.each([
    ['The "Old" Hall\\', '"The \\"Old\\" Hall\\\\" <the.old.hall@notifications.localhost>'],
    ["Cyngor Môn & Ŵ", '"Cyngor Môn & Ŵ" <cyngor.mon.w@notifications.localhost>'],
    ["Evil\r\nBcc: x@y.z", '"Evil Bcc: x@y.z" <evil.bcc.xy.z@notifications.localhost>'],
  ])("names the service %p in From so that it stays a name", async (name, from) => {
    const { id: serviceId } = await world.addService(name);
    const id = await world.notification({ channel: "email", serviceId });

    await deliverEmail({ notificationId: id }, world.deps, never);

    expect((await emailOf((await row(id)).reference)).from).toBe(from);
  });

  test("goes in the name a service chose for its emails", async () => {
    const { id: serviceId } = await world.addService("Plain Name");
    await world.sql`update services set email_sender_name = 'Other Name' where id = ${serviceId}`;
    const id = await world.notification({ channel: "email", serviceId });

    await deliverEmail({ notificationId: id }, world.deps, never);

    expect((await emailOf((await row(id)).reference)).from).toBe(
      '"Other Name" <plain.name@notifications.localhost>',
    );
  });

  test("carries its unsubscribe link in the header", async () => {
    const unsubscribeLink = "https://service.example/unsubscribe?me=1";
    const id = await world.notification({ channel: "email", unsubscribeLink });

    await deliverEmail({ notificationId: id }, world.deps, never);

    expect((await emailOf((await row(id)).reference)).headers).toMatchObject({
      "List-Unsubscribe": `<${unsubscribeLink}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    });
  });

  test("ends in technical-failure without another attempt when SES rejects it, and tells the service", async () => {
    const headers = { "x-amzn-errortype": "MessageRejected" };
    world.sandbox.setFault({ provider: "ses", status: 400, headers });
    const id = await world.notification({ channel: "email" });

    await deliverEmail({ notificationId: id }, world.deps, never);

    expect(await row(id)).toMatchObject({
      status: "technical-failure",
      sentAt: null,
      claimed: false,
      reason: "SES answered 400 MessageRejected",
    });
    expect(await callbacksOf(id)).toHaveLength(1);
    const own = world.lines.filter(({ facts }) => facts.notificationId === id);
    expect(own).toMatchObject([{ level: "error", message: "Provider rejected", facts: { provider: "ses" } }]);
  });

  test("takes the word of a mail server for the end, for it sends no receipts, and tells the service", async () => {
    const provider = smtp({ url: `smtp://127.0.0.1:${world.sandbox.smtpPort}`, timeoutMs: 5000 });
    const id = await world.notification({ channel: "email" });
    const deps = world.newDeps({ emailProviders: new Map([["smtp", provider]]) });

    await deliverEmail({ notificationId: id }, deps, never);
    await deliverEmail({ notificationId: id }, deps, never);
    provider.close();

    const { sentAt, ...rest } = await row(id);
    expect(rest).toMatchObject({ status: "delivered", sentBy: "smtp" });
    expect(sentAt).not.toBeNull();
    expect(await callbacksOf(id)).toHaveLength(1);
    expect(world.sandbox.messages("email").filter((email) => email.provider === "smtp")).toHaveLength(1);
  });

  test.each<[string, object]>([
    ["is down", { status: 503 }],
    ["throttles", { status: 429 }],
    ["refuses the key", { status: 403 }],
  ])("asks for another attempt when SES %s", async (_what, fault) => {
    world.sandbox.setFault({ provider: "ses", ...fault });
    const id = await world.notification({ channel: "email" });

    const failure = await failureOf(deliverEmail({ notificationId: id }, world.deps, never));

    expect(failure.message).toStartWith("ses is unavailable: SES answered");
    expect(await row(id)).toMatchObject({ status: "created", claimed: false, lastTried: "ses" });
    expect(await callbacksOf(id)).toEqual([]);
  });
});

describe("delivery-exhausted", () => {
  test("ends what no provider took and tells the service", async () => {
    const id = await world.notification();

    await deliveryExhausted({ notificationId: id }, world.deps);
    await deliveryExhausted({ notificationId: id }, world.deps);

    expect(await row(id)).toMatchObject({
      status: "technical-failure",
      sentAt: null,
      reason: "No provider took it in all its retries",
    });
    expect(await callbacksOf(id)).toHaveLength(1);
  });

  test.each(["sending", "sent", "delivered"] as const)("leaves alone what is %s", async (status) => {
    const id = await world.notification({ status });

    await deliveryExhausted({ notificationId: id }, world.deps);

    expect((await row(id)).status).toBe(status);
    expect(await callbacksOf(id)).toEqual([]);
  });
});
