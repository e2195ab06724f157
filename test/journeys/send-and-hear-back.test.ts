import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as v from "valibot";
import type { Message } from "../sandbox/message.ts";
import { openWorld, type World } from "../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world[Symbol.asyncDispose]());

/** Of what the client's `data` is, which its types leave open. */
const Data = v.looseObject({
  id: v.string(),
  content: v.optional(v.unknown()),
  status: v.optional(v.string()),
});

async function dataOf(answer: Promise<{ data: unknown }>) {
  return v.parse(Data, (await answer).data);
}

const personalisation = { name: "Ada", day: "Monday" };

/** The callback about one notification. */
function callbackOf(id: string): Promise<Message> {
  return world.sandbox.waitFor(({ channel, body }) => channel === "callback" && body.includes(id), {
    timeoutMs: 20_000,
  });
}

async function statusOf(id: string): Promise<string | undefined> {
  return (await dataOf(world.client().getNotificationById(id))).status;
}

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
/** The receipt may overtake our note that the provider took it. */
const sentAtOf = (body: string) => (JSON.parse(body).sent_at === null ? null : instant);

describe("a service asks, the message goes out, the service hears back", () => {
  test("a text, from the request to the callback", async () => {
    const data = await dataOf(
      world.client().sendSms(world.service.templates.sms, "07700 900123", {
        personalisation,
        reference: "text-1",
      }),
    );
    const callback = await callbackOf(data.id);

    const text = world.sandbox.messages("sms").find(({ reference }) => reference === data.id);
    expect(text).toMatchObject({ to: "447700900123", from: "TownHall", body: "Hello Ada, come on Monday" });
    expect(data.content).toEqual({ body: "Hello Ada, come on Monday", from_number: "TownHall" });
    expect(callback.headers).toMatchObject({
      authorization: `Bearer ${world.service.callbackToken}`,
      "content-type": "application/json",
    });
    expect(JSON.parse(callback.body)).toEqual({
      id: data.id,
      reference: "text-1",
      to: "07700 900123",
      status: "delivered",
      created_at: instant,
      completed_at: instant,
      sent_at: sentAtOf(callback.body),
      notification_type: "sms",
      template_id: world.service.templates.sms,
      template_version: 1,
    });
    expect(await dataOf(world.client().getNotificationById(data.id))).toMatchObject({
      status: "delivered",
      phone_number: "07700 900123",
      body: "Hello Ada, come on Monday",
      is_cost_data_ready: true,
      cost_details: { billable_sms_fragments: 1 },
    });
  });

  test("an email, from the request to the callback", async () => {
    const data = await dataOf(
      world.client().sendEmail(world.service.templates.email, "Ada@example.com", {
        personalisation,
        reference: "email-1",
      }),
    );
    const callback = await callbackOf(data.id);

    const [email] = world.sandbox.messages("email");
    expect(email).toMatchObject({ provider: "ses", to: "Ada@example.com", subject: "Your visit on Monday" });
    expect(email?.from).toContain('"Town Hall" <town.hall@');
    expect(email?.body).toContain("• Monday");
    expect(email?.html).toContain("Hello Ada");
    expect(JSON.parse(callback.body)).toEqual({
      id: data.id,
      reference: "email-1",
      to: "Ada@example.com",
      status: "delivered",
      created_at: instant,
      completed_at: instant,
      sent_at: sentAtOf(callback.body),
      notification_type: "email",
      template_id: world.service.templates.email,
      template_version: 1,
    });
    expect(await statusOf(data.id)).toBe("delivered");
  });

  test.each([
    ["07700900003", "temporary-failure"],
    ["07700900002", "permanent-failure"],
  ])("a text to %s ends in %s", async (number, status) => {
    const data = await dataOf(
      world.client().sendSms(world.service.templates.sms, number, { personalisation }),
    );

    expect(JSON.parse((await callbackOf(data.id)).body).status).toBe(status);
    expect(await statusOf(data.id)).toBe(status);
  });

  test.each([
    ["temp-fail@simulator.notify", "temporary-failure"],
    ["perm-fail@simulator.notify", "permanent-failure"],
  ])("an email to %s ends in %s", async (address, status) => {
    const data = await dataOf(
      world.client().sendEmail(world.service.templates.email, address, { personalisation }),
    );

    expect(JSON.parse((await callbackOf(data.id)).body).status).toBe(status);
    expect(await statusOf(data.id)).toBe(status);
  });

  test.each([
    ["07700900123", "delivered"],
    ["07700900003", "temporary-failure"],
    ["07700900002", "permanent-failure"],
  ])("a test key's text to %s is not sent and ends in %s", async (number, status) => {
    const client = world.client(world.service.keys.test);
    const data = await dataOf(client.sendSms(world.service.templates.sms, number, { personalisation }));

    expect(JSON.parse((await callbackOf(data.id)).body).status).toBe(status);
    expect(world.sandbox.messages("sms").filter(({ reference }) => reference === data.id)).toEqual([]);
  });

  test("a text goes by the other provider at once when one is down", async () => {
    world.sandbox.setFault({ provider: "mmg", status: 503 });
    const client = world.client();
    const sent = await Promise.all(
      Array.from({ length: 10 }, () =>
        dataOf(client.sendSms(world.service.templates.sms, "07700900123", { personalisation })),
      ),
    );

    for (const data of sent) expect(JSON.parse((await callbackOf(data.id)).body).status).toBe("delivered");

    world.sandbox.clearFaults();
    const ids = new Set<string | null>(sent.map(({ id }) => id));
    const texts = world.sandbox.messages("sms").filter(({ reference }) => ids.has(reference));
    expect(texts.map(({ provider }) => provider)).toEqual(sent.map(() => "firetext"));
  });

  test("an email waits while its provider is down and goes when it is back", async () => {
    world.sandbox.setFault({ provider: "ses", status: 503, count: 1 });
    const data = await dataOf(
      world.client().sendEmail(world.service.templates.email, "b@example.com", { personalisation }),
    );
    const job = () => world.sql`
      select start_after > now() + interval '4 minutes' as waits from pgboss.job
      where name = 'deliver-email' and state = 'retry' and data->>'notificationId' = ${data.id}`;
    // Its delay is set just after it has failed.
    while (!(await job()).some(({ waits }) => waits)) await Bun.sleep(10);

    expect(await job()).toHaveLength(1);
    expect(await statusOf(data.id)).toBe("created");
    await world.sql`update pgboss.job set start_after = now() where data->>'notificationId' = ${data.id}`;
    await world.sql`select pg_notify('pillarbox_jobs', 'deliver-email')`;

    expect(JSON.parse((await callbackOf(data.id)).body).status).toBe("delivered");
  });

  test("a text that no provider takes in all its retries ends in technical-failure, and the service is told", async () => {
    world.sandbox.setFault({ provider: "mmg", status: 503 });
    world.sandbox.setFault({ provider: "firetext", status: 503 });
    const data = await dataOf(
      world.client().sendSms(world.service.templates.sms, "07700900123", { personalisation }),
    );
    const waiting = () => world.sql`
      update pgboss.job set retry_limit = retry_count + 1, start_after = now()
      where name = 'deliver-sms' and state = 'retry' and data->>'notificationId' = ${data.id} returning id`;
    while (
      !(await world.sql`select from pgboss.job where name = 'deliver-sms' and state = 'failed'`).length
    ) {
      // Again each time: the worker may set the delay of a retry just after.
      if ((await waiting()).length > 0) await world.sql`select pg_notify('pillarbox_jobs', 'deliver-sms')`;
      await Bun.sleep(10);
    }
    // pg-boss wakes nobody for a dead letter.
    await world.sql`select pg_notify('pillarbox_jobs', 'delivery-exhausted')`;

    expect(JSON.parse((await callbackOf(data.id)).body)).toMatchObject({
      status: "technical-failure",
      sent_at: null,
    });
    world.sandbox.clearFaults();
    expect(await statusOf(data.id)).toBe("technical-failure");
  });

  test("a notification's good path is two lines of the log, the request's and the receipt's", async () => {
    const data = await dataOf(
      world.client().sendSms(world.service.templates.sms, "07700900123", { personalisation }),
    );
    await callbackOf(data.id);

    const own = world.lines.filter(
      ({ level, facts }) => level !== "debug" && facts.notificationId === data.id,
    );
    expect(own.map(({ message }) => message)).toEqual(["Notification created", "Receipt"]);
    expect(JSON.stringify(own)).not.toContain("900123");
  });
});
