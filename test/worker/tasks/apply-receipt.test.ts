import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Status } from "../../../shared/notification/notification.ts";
import type { SesReceipt, SmsReceipt } from "../../../shared/receipt/payload.ts";
import { applySesReceipt, applySmsReceipt } from "../../../worker/tasks/apply-receipt.ts";
import { deliverSms } from "../../../worker/tasks/deliver-sms.ts";
import { timeOutSending } from "../../../worker/tasks/time-out-sending.ts";
import { jobsAbout, notificationRow } from "../../support/notifications.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

const receivedAt = new Date().toISOString();

function smsReceipt(reference: string, providerStatus = "3", over: Partial<SmsReceipt> = {}): SmsReceipt {
  const rest = { detail: null, deliveredAt: null, receivedAt } as const;
  return { v: 1, provider: "mmg", reference, providerStatus, ...rest, ...over };
}

const firetext = { provider: "firetext" } as const;

const email = { v: 1, provider: "ses", mailedAt: receivedAt, happenedAt: receivedAt, receivedAt } as const;

function delivery(reference: string, over: object = {}): SesReceipt {
  return { ...email, type: "delivery", reference, eventId: crypto.randomUUID(), ...over };
}

function bounce(reference: string, bounceType: string | null, bounceSubType = "General"): SesReceipt {
  const facts = { bounceType, bounceSubType, remoteMtaIp: null };
  return { ...email, type: "bounce", reference, eventId: crypto.randomUUID(), ...facts };
}

function complaint(reference: string, eventId: string = crypto.randomUUID()): SesReceipt {
  const facts = { feedbackId: "feedback", complaintType: "abuse" };
  return { ...email, type: "complaint", reference, eventId, ...facts };
}

/** All that Amazon documents. */
const bounceTypes = [
  ["Undetermined", "Undetermined"],
  ["Permanent", "General"],
  ["Permanent", "NoEmail"],
  ["Permanent", "Suppressed"],
  ["Permanent", "OnAccountSuppressionList"],
  ["Transient", "General"],
  ["Transient", "MailboxFull"],
  ["Transient", "MessageTooLarge"],
  ["Transient", "ContentRejected"],
  ["Transient", "AttachmentRejected"],
  ["Transient", "CustomTimeoutExceeded"],
] as const;

const row = (id: string) => notificationRow(world.sql, id);
const callbacksOf = (id: string) => jobsAbout(world.sql, "service-callbacks", id);
const linesOf = (id: string) => world.lines.filter(({ facts }) => facts.notificationId === id);

const open: Status[] = ["created", "sending", "pending", "sent"];
const final: Status[] = [
  "delivered",
  "temporary-failure",
  "permanent-failure",
  "technical-failure",
  "cancelled",
  "validation-failed",
];

describe("a text's receipt", () => {
  test.each(open)("moves what is %s, says why, and tells the service", async (status) => {
    const id = await world.notification({ status });

    await applySmsReceipt(smsReceipt(id, "2", { detail: "4" }), world.deps);

    const after = await row(id);
    expect(after).toMatchObject({
      status: "permanent-failure",
      sentBy: "mmg",
      reason: "Rejected by operator",
    });
    expect(after.updatedAt).not.toBeNull();
    expect(await callbacksOf(id)).toHaveLength(1);
    expect(linesOf(id)).toMatchObject([
      {
        level: "info",
        message: "Receipt",
        facts: { provider: "mmg", was: status, status: "permanent-failure" },
      },
    ]);
  });

  test.each(final)("moves nothing that is %s", async (status) => {
    const id = await world.notification({ status });
    const before = await row(id);

    await applySmsReceipt(smsReceipt(id, status === "delivered" ? "5" : "3"), world.deps);

    expect(await row(id)).toEqual(before);
    expect(await callbacksOf(id)).toEqual([]);
    expect(linesOf(id)).toMatchObject([{ level: "info", message: "Receipt changes nothing" }]);
  });

  test("counts once however often it comes", async () => {
    const id = await world.notification({ status: "sending" });

    for (let times = 0; times < 3; times++) await applySmsReceipt(smsReceipt(id), world.deps);

    expect((await row(id)).status).toBe("delivered");
    expect(await callbacksOf(id)).toHaveLength(1);
  });

  test("comes too late once the message was given up after three days", async () => {
    const createdAt = new Date(Date.now() - 3 * 86_400_000 - 60_000);
    const id = await world.notification({ status: "sending", createdAt });
    await timeOutSending(world.deps, never);
    const before = await row(id);

    await applySmsReceipt(smsReceipt(id, "3"), world.deps);

    expect(before.status).toBe("temporary-failure");
    expect(await row(id)).toEqual(before);
    expect(await callbacksOf(id)).toHaveLength(1);
    expect(linesOf(id)).toMatchObject([{ level: "info", message: "Receipt changes nothing" }]);
  });

  test("for a notification of which nothing is left is warned of and done with, as for one that never was", async () => {
    const id = await world.notification({ status: "sending" });
    await world.sql`delete from notifications where id = ${id}`;

    await applySmsReceipt(smsReceipt(id), world.deps);

    expect(linesOf(id)).toMatchObject([{ level: "warn", message: "Receipt for an unknown notification" }]);
  });

  test.each([
    ["mmg", "3", "delivered", "mmg"],
    ["firetext", "0", "delivered", "firetext"],
    ["mmg", "5", "permanent-failure", "mmg"],
    ["firetext", "1", "permanent-failure", "firetext"],
  ] as const)(
    "from two providers after a retry: %s's, with status %s, is first and counts",
    async (first, code, becomes, sentBy) => {
      const id = await world.notification();
      const second = first === "mmg" ? smsReceipt(id, "0", firetext) : smsReceipt(id, "3");

      await applySmsReceipt(smsReceipt(id, code, { provider: first }), world.deps);
      await applySmsReceipt(second, world.deps);

      expect(await row(id)).toMatchObject({ status: becomes, sentBy });
      expect(await callbacksOf(id)).toHaveLength(1);
    },
  );

  test("that names an email is none, as an email's is that names a text", async () => {
    const reference = `0102-${crypto.randomUUID()}`;
    const mailedAt = new Date(Date.now() - 3_600_000).toISOString();
    const emailId = await world.notification({ channel: "email", status: "sending", reference });
    const textReference = crypto.randomUUID();
    const textId = await world.notification({ status: "sending", reference: textReference });

    await applySmsReceipt(smsReceipt(emailId, "5"), world.deps);
    await applySesReceipt(delivery(textReference, { mailedAt }), world.deps);
    await applySesReceipt({ ...complaint(textReference), mailedAt }, world.deps);

    expect([(await row(emailId)).status, (await row(textId)).status]).toEqual(["sending", "sending"]);
    expect(linesOf(emailId)).toMatchObject([
      { level: "warn", message: "Receipt for an unknown notification" },
    ]);
    expect(await world.sql`select from complaints where notification_id = ${textId}`).toHaveLength(0);
  });

  test("is logged with the provider's codes and both times, and nothing that may be a number", async () => {
    const id = await world.notification({ status: "sending" });
    const other = await world.notification({ status: "sending" });
    const deliveredAt = "2026-07-05T16:01:07.000Z";

    await applySmsReceipt(smsReceipt(id, "4", { detail: "27", deliveredAt }), world.deps);
    await applySmsReceipt(smsReceipt(other, "447700900123", { detail: "447700900123" }), world.deps);

    expect(linesOf(id)).toMatchObject([{ facts: { code: "4", detail: "27", deliveredAt, receivedAt } }]);
    expect(linesOf(other)).toMatchObject([{ level: "error", facts: { code: "no code", detail: "no code" } }]);
  });

  test("keeps the provider that a row knows though another reports", async () => {
    const id = await world.notification({ status: "sending", sentBy: "mmg" });

    await applySmsReceipt(smsReceipt(id, "0", firetext), world.deps);

    expect(await row(id)).toMatchObject({ status: "delivered", sentBy: "mmg" });
  });

  test("of a waiting handset is noted and told nobody, and the end after it is told", async () => {
    const id = await world.notification({ status: "sending", sentBy: "firetext" });

    await applySmsReceipt(smsReceipt(id, "2", { ...firetext, detail: "000" }), world.deps);
    const between = { status: (await row(id)).status, callbacks: await callbacksOf(id) };
    await applySmsReceipt(smsReceipt(id, "1", { ...firetext, detail: "102" }), world.deps);

    expect(between).toEqual({ status: "pending", callbacks: [] });
    expect(await row(id)).toMatchObject({ status: "temporary-failure", reason: "Absent Subscriber" });
    expect(await callbacksOf(id)).toHaveLength(1);
  });

  test("that a handset was waited for changes nothing once the end is known", async () => {
    const id = await world.notification({ status: "sending", sentBy: "firetext" });

    await applySmsReceipt(smsReceipt(id, "0", firetext), world.deps);
    await applySmsReceipt(smsReceipt(id, "2", firetext), world.deps);

    expect((await row(id)).status).toBe("delivered");
    expect(await callbacksOf(id)).toHaveLength(1);
  });

  test("that a handset is waited for, before we noted that the text was sent, keeps it from being sent again", async () => {
    const id = await world.notification();

    await applySmsReceipt(smsReceipt(id, "2", firetext), world.deps);
    await deliverSms({ notificationId: id }, world.deps, never);

    expect(await row(id)).toMatchObject({ status: "pending", sentBy: "firetext" });
    expect(world.sandbox.messages("sms").filter(({ reference }) => reference === id)).toEqual([]);
  });

  test("for a text whose worker died after the provider took it counts its fragments and fills in the provider", async () => {
    const personalisation = { name: "x".repeat(400), day: "Monday" };
    const id = await world.notification({ personalisation });
    const waiting = await world.notification({ personalisation });

    await applySmsReceipt(smsReceipt(id), world.deps);
    await applySmsReceipt(smsReceipt(waiting, "2", firetext), world.deps);
    await applySmsReceipt(smsReceipt(waiting, "0", firetext), world.deps);

    expect(await row(id)).toMatchObject({ status: "delivered", sentBy: "mmg", billableUnits: 3 });
    expect(await row(waiting)).toMatchObject({
      status: "delivered",
      sentBy: "firetext",
      billableUnits: 3,
    });
  });

  test("leaves fragments that were counted as they are", async () => {
    const ids = [await world.notification(), await world.notification({ status: "sending" })];
    await world.sql`update notifications set billable_units = 2 where id = any(${ids})`;

    for (const id of ids) await applySmsReceipt(smsReceipt(id), world.deps);

    for (const id of ids) expect((await row(id)).billableUnits).toBe(2);
  });

  test("counts no fragments where the country's receipts are not believed", async () => {
    const abroad = { international: true, to: "+1 202 555 0123", normalisedTo: "12025550123" };
    const id = await world.notification(abroad);

    await applySmsReceipt(smsReceipt(id), world.deps);

    expect(await row(id)).toMatchObject({ status: "created", billableUnits: 0 });
  });

  test.each([
    ["sending", null, "permanent-failure"],
    ["pending", null, "temporary-failure"],
    ["pending", "999", "temporary-failure"],
    ["pending", "101", "permanent-failure"],
    ["sending", "900", "temporary-failure"],
  ] as const)("of Firetext's failure while %s, code %p, means %s", async (status, detail, becomes) => {
    const id = await world.notification({ status, sentBy: "firetext" });

    await applySmsReceipt(smsReceipt(id, "1", { ...firetext, detail }), world.deps);

    expect((await row(id)).status).toBe(becomes);
  });

  test.each([
    ["mmg", "9"],
    ["firetext", "7"],
  ] as const)(
    "with a code of %s's that nobody knows ends in technical-failure, told and logged as an error",
    async (provider, code) => {
      const id = await world.notification({ status: "sending" });

      await applySmsReceipt(smsReceipt(id, code, { provider }), world.deps);

      expect((await row(id)).status).toBe("technical-failure");
      expect(await callbacksOf(id)).toHaveLength(1);
      expect(linesOf(id)).toMatchObject([{ level: "error", facts: { unrecognised: "status" } }]);
    },
  );

  test("for a notification that is not there is warned of and done with", async () => {
    const id = crypto.randomUUID();

    await applySmsReceipt(smsReceipt(id), world.deps);

    expect(linesOf(id)).toMatchObject([{ level: "warn", message: "Receipt for an unknown notification" }]);
  });

  test.each([
    "",
    "12345",
    "send-sms-code",
    "'; drop table notifications; --",
    "zzzzzzzz-zzzz-4zzz-8zzz-zzzzzzzzzzzz",
  ])("for %p, which is no id, is an error in the log and done with", async (reference) => {
    const before = world.lines.length;

    await applySmsReceipt(smsReceipt(reference), world.deps);

    expect(world.lines.slice(before)).toMatchObject([
      { level: "error", message: "Receipt for a reference that is not ours" },
    ]);
    expect(JSON.stringify(world.lines.slice(before))).not.toContain(reference || "drop table");
  });

  test("finds its notification though the provider wrote the id in capitals", async () => {
    const id = await world.notification({ status: "sending" });

    await applySmsReceipt(smsReceipt(id.toUpperCase()), world.deps);

    expect((await row(id)).status).toBe("delivered");
  });

  test("is believed from a country that sends receipts, and from no other", async () => {
    const abroad = { status: "sent", international: true } as const;
    const german = await world.notification({
      ...abroad,
      to: "+49 1512 3456789",
      normalisedTo: "4915123456789",
    });
    const american = await world.notification({
      ...abroad,
      to: "+1 202 555 0123",
      normalisedTo: "12025550123",
    });

    for (const id of [german, american]) await applySmsReceipt(smsReceipt(id), world.deps);

    expect((await row(german)).status).toBe("delivered");
    expect((await row(american)).status).toBe("sent");
    expect(await callbacksOf(german)).toHaveLength(1);
    expect(await callbacksOf(american)).toEqual([]);
  });

  test("of two at once for one text, one wins and one callback is made: in one worker, and in two", async () => {
    for (const others of [
      [world.deps, world.deps],
      [world.deps, world.newDeps()],
    ] as const) {
      const ids = await Promise.all(
        Array.from({ length: 20 }, () => world.notification({ status: "sending" })),
      );

      await Promise.all(
        ids.flatMap((id) => [
          applySmsReceipt(smsReceipt(id, "3"), others[0]),
          applySmsReceipt(smsReceipt(id, "4"), others[1]),
        ]),
      );

      for (const id of ids) {
        const { status } = await row(id);
        expect(["delivered", "temporary-failure"]).toContain(status);
        expect(await callbacksOf(id)).toHaveLength(1);
        const won = linesOf(id).filter(({ message }) => message === "Receipt");
        expect(won.map(({ facts }) => facts.status)).toEqual([status]);
      }
    }
  });

  test("meets the note that the text was sent, and neither undoes the other", async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => world.notification()));

    await Promise.all(
      ids.flatMap((id) => [
        deliverSms({ notificationId: id }, world.deps, never).catch(() => {}),
        applySmsReceipt(smsReceipt(id), world.newDeps()),
      ]),
    );

    for (const id of ids) {
      const { status, sentAt } = await row(id);
      const texts = world.sandbox.messages("sms").filter(({ reference }) => reference === id);
      expect({ status, wasSent: sentAt !== null }).toEqual({
        status: "delivered",
        wasSent: texts.length === 1,
      });
      expect(await callbacksOf(id)).toHaveLength(1);
    }
  });

  test("tells a service nothing that wants to hear nothing", async () => {
    const service = await world.addService("Silent");
    await world.sql`delete from service_callback_api where service_id = ${service.id}`;
    const id = await world.notification({ serviceId: service.id, status: "sending" });

    await applySmsReceipt(smsReceipt(id), world.deps);

    expect((await row(id)).status).toBe("delivered");
    expect(await callbacksOf(id)).toEqual([]);
  });

  test("changes no status where its callback cannot be queued: both are one commit", async () => {
    await using own = await openWorld({ worker: false });
    // Jobs need the settings of their queue.
    await own.sql`update pgboss.queue set name = 'elsewhere' where name = 'service-callbacks'`;
    const told = await own.notification({ status: "sending" });
    const untold = await own.notification({ status: "sending" });
    const statusOf = async (id: string) => (await notificationRow(own.sql, id)).status;

    const outcomes = await Promise.allSettled([
      applySmsReceipt(smsReceipt(told), own.deps),
      // No callback follows this one, so that the other's trouble is none of its own.
      applySmsReceipt(smsReceipt(untold, "2", firetext), own.deps),
    ]);
    const between = [await statusOf(told), await statusOf(untold)];
    await own.sql`update pgboss.queue set name = 'service-callbacks' where name = 'elsewhere'`;
    await applySmsReceipt(smsReceipt(told), own.deps);

    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect(between).toEqual(["sending", "pending"]);
    expect(await statusOf(told)).toBe("delivered");
    expect(await jobsAbout(own.sql, "service-callbacks", told)).toHaveLength(1);
  });
});

describe("an email's receipt", () => {
  const sent = () => {
    const reference = `0102-${crypto.randomUUID()}`;
    return world
      .notification({ channel: "email", status: "sending", reference })
      .then((id) => ({ id, reference }));
  };

  test.each<[string, (reference: string) => SesReceipt, Status]>([
    ["a delivery", delivery, "delivered"],
    ["a permanent bounce", (reference) => bounce(reference, "Permanent"), "permanent-failure"],
    ["a transient bounce", (reference) => bounce(reference, "Transient"), "temporary-failure"],
    ["an undetermined bounce", (reference) => bounce(reference, "Undetermined"), "temporary-failure"],
    ["a bounce without a type", (reference) => bounce(reference, null), "temporary-failure"],
    ...bounceTypes.map(([type, subType]): [string, (reference: string) => SesReceipt, Status] => [
      `a bounce ${type} ${subType}`,
      (reference) => bounce(reference, type, subType),
      type === "Permanent" ? "permanent-failure" : "temporary-failure",
    ]),
  ])("of %s ends it and tells the service", async (_what, receipt, status) => {
    const { id, reference } = await sent();

    await applySesReceipt(receipt(reference), world.deps);
    await applySesReceipt(receipt(reference), world.deps);

    expect(await row(id)).toMatchObject({ status, sentBy: "ses" });
    expect(await callbacksOf(id)).toHaveLength(1);
  });

  test("of a bounce says which kind it was", async () => {
    const { id, reference } = await sent();

    await applySesReceipt(bounce(reference, "Permanent", "Suppressed"), world.deps);

    expect((await row(id)).reason).toBe("Permanent Suppressed");
  });

  test("that comes second, and says otherwise, changes nothing", async () => {
    const { id, reference } = await sent();

    await applySesReceipt(delivery(reference), world.deps);
    await applySesReceipt(bounce(reference, "Permanent"), world.deps);

    expect((await row(id)).status).toBe("delivered");
    expect(await callbacksOf(id)).toHaveLength(1);
  });

  test.each([delivery, complaint])(
    "for an unknown email is tried again while that is young",
    async (receipt) => {
      const reference = crypto.randomUUID();

      await expect(applySesReceipt(receipt(reference), world.deps)).rejects.toThrow(
        "Cannot find the notification",
      );
      expect(world.lines.filter(({ facts }) => facts.reference === reference)).toEqual([]);
    },
  );

  test("for an unknown email is warned of and done with once that is old", async () => {
    const reference = crypto.randomUUID();
    const mailedAt = new Date(Date.now() - 5 * 60_000).toISOString();

    await applySesReceipt(delivery(reference, { mailedAt }), world.deps);

    expect(world.lines.filter(({ facts }) => facts.reference === reference)).toMatchObject([
      { level: "warn", message: "Receipt for an unknown email" },
    ]);
  });

  test("is not young for ever where a clock is wrong", async () => {
    const mailedAt = "2999-01-01T00:00:00.000Z";
    const reference = crypto.randomUUID();
    const long = { mailedAt, receivedAt: new Date(Date.now() - 5 * 60_000).toISOString() };

    await expect(applySesReceipt(delivery(reference, { mailedAt }), world.deps)).rejects.toThrow();
    await applySesReceipt(delivery(reference, long), world.deps);
  });

  test("for an email whose retention is over is warned of and done with, a complaint too", async () => {
    const { id, reference } = await sent();
    const mailedAt = new Date(Date.now() - 6 * 60_000).toISOString();
    await world.sql`delete from notifications where id = ${id}`;

    await applySesReceipt(delivery(reference, { mailedAt }), world.deps);
    await applySesReceipt({ ...complaint(reference), mailedAt }, world.deps);

    expect(world.lines.filter(({ facts }) => facts.reference === reference)).toHaveLength(2);
    expect(await world.sql`select from complaints where notification_id = ${id}`).toHaveLength(0);
  });

  test("counts from its own arrival where SES does not say when it took the email", async () => {
    const reference = crypto.randomUUID();
    const long = { mailedAt: null, receivedAt: new Date(Date.now() - 5 * 60_000).toISOString() };

    await expect(applySesReceipt(delivery(reference, { mailedAt: null }), world.deps)).rejects.toThrow();
    await applySesReceipt(delivery(reference, long), world.deps);
  });

  test("is applied when it came before the id it names was stored", async () => {
    const reference = `0102-${crypto.randomUUID()}`;
    const id = await world.notification({ channel: "email" });
    await expect(applySesReceipt(delivery(reference), world.deps)).rejects.toThrow();

    await world.sql`update notifications set status = 'sending', reference = ${reference} where id = ${id}`;
    await applySesReceipt(delivery(reference), world.deps);

    expect((await row(id)).status).toBe("delivered");
  });

  test("of a complaint is stored once and leaves the status alone", async () => {
    const { id, reference } = await sent();
    const before = await row(id);
    const receipt = complaint(reference);

    for (let times = 0; times < 2; times++) await applySesReceipt(receipt, world.deps);
    await Promise.all([applySesReceipt(receipt, world.deps), applySesReceipt(receipt, world.newDeps())]);

    const complaints = await world.sql`
      select service_id, ses_feedback_id, complaint_type, complaint_date from complaints where notification_id = ${id}`;
    expect([...complaints]).toEqual([
      {
        service_id: world.service.id,
        ses_feedback_id: "feedback",
        complaint_type: "abuse",
        complaint_date: new Date(receivedAt),
      },
    ]);
    expect(await row(id)).toEqual(before);
    expect(await callbacksOf(id)).toEqual([]);
    expect(JSON.stringify(linesOf(id))).not.toContain("ada@example.com");
  });

  test("of a complaint is stored for an email that had ended", async () => {
    const { id, reference } = await sent();
    await applySesReceipt(delivery(reference), world.deps);

    await applySesReceipt(complaint(reference), world.deps);

    expect((await row(id)).status).toBe("delivered");
    expect(await world.sql`select from complaints where notification_id = ${id}`).toHaveLength(1);
  });
});
