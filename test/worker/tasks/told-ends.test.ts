import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { callbackBodyOf } from "../../../shared/callback/job.ts";
import type { Status } from "../../../shared/notification/notification.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import type { SesReceipt, SmsReceipt } from "../../../shared/receipt/payload.ts";
import type { WorkerDeps } from "../../../worker/deps.ts";
import { smtp } from "../../../worker/providers/smtp.ts";
import { applySesReceipt, applySmsReceipt } from "../../../worker/tasks/apply-receipt.ts";
import { deliverEmail } from "../../../worker/tasks/deliver-email.ts";
import { deliverResearch } from "../../../worker/tasks/deliver-research.ts";
import { deliverSms } from "../../../worker/tasks/deliver-sms.ts";
import { deliveryExhausted } from "../../../worker/tasks/delivery-exhausted.ts";
import { timeOutSending } from "../../../worker/tasks/time-out-sending.ts";
import { jobsAbout, type NotificationFacts, notificationRow } from "../../support/notifications.ts";
import { openWorld, type World, type WorldService } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

/** Every way in which a notification ends, and whether its service is told. */

let world: World;
let inactive: WorldService;
let untold: WorldService;

beforeAll(async () => {
  world = await openWorld({ worker: false });
  inactive = await world.addService("Closed Council");
  await world.sql`update services set active = false where id = ${inactive.id}`;
  untold = await world.addService("Silent Council");
  await world.sql`delete from service_callback_api where service_id = ${untold.id}`;
});

afterEach(() => world.sandbox.clearFaults());

afterAll(() => world[Symbol.asyncDispose]());

const createdAt = new Date("2036-03-14T12:35:25.909Z");
const sentAt = new Date("2036-03-14T12:35:26.001Z");
const endedAt = new Date("2036-03-14T12:36:00.000Z");
const fourDaysAgo = new Date(Date.now() - 4 * 86_400_000);

interface Subject {
  id: string;
  /** The provider's, of a notification that was sent. */
  reference: string;
}

type Act = (subject: Subject, deps: WorkerDeps) => Promise<unknown>;

const receipt = { v: 1, receivedAt: endedAt.toISOString() } as const;

function text(provider: SmsReceipt["provider"], providerStatus: string, detail: string | null = null): Act {
  return ({ id, reference }, deps) => {
    const facts = { provider, providerStatus, detail, reference: provider === "sns" ? reference : id };
    return applySmsReceipt({ ...receipt, ...facts, deliveredAt: null }, deps);
  };
}

const emailFacts = {
  ...receipt,
  provider: "ses",
  mailedAt: null,
  happenedAt: null,
  eventId: "event",
} as const;

const delivery: Act = ({ reference }, deps) =>
  applySesReceipt({ ...emailFacts, type: "delivery", reference }, deps);

function bounce(bounceType: string): Act {
  return ({ reference }, deps) => {
    const facts = { bounceType, bounceSubType: "General", remoteMtaIp: null };
    return applySesReceipt({ ...emailFacts, type: "bounce", reference, ...facts }, deps);
  };
}

const complaint: Act = ({ reference }, deps) => {
  const facts = { feedbackId: null, complaintType: null, eventId: crypto.randomUUID() };
  return applySesReceipt({ ...emailFacts, type: "complaint", reference, ...facts }, deps);
};

const timeOut: Act = (_, deps) => timeOutSending(deps, never);
const exhaust: Act = ({ id }, deps) => deliveryExhausted({ notificationId: id }, deps);
const sendText: Act = ({ id }, deps) => deliverSms({ notificationId: id }, deps, never);
const sendEmail: Act = ({ id }, deps) => deliverEmail({ notificationId: id }, deps, never);
const pretend: Act = ({ id }, deps) => deliverResearch({ notificationId: id }, deps);

/** Test keys: what is pretended, then the receipts that were invented. */
const pretendWhole: Act = async ({ id }, deps) => {
  await pretend({ id, reference: "" }, deps);
  const row = await notificationRow(world.sql, id);
  for (const { data } of await jobsAbout(world.sql, "sms-receipts", id)) {
    await applySmsReceipt(data as SmsReceipt, deps);
  }
  for (const { data } of await jobsAbout(world.sql, "ses-receipts", row.reference ?? "")) {
    await applySesReceipt(data as SesReceipt, deps);
  }
};

const sendBySmtp: Act = async ({ id }, deps) => {
  const relay = smtp({ url: `smtp://127.0.0.1:${world.sandbox.smtpPort}`, timeoutMs: 5000 });
  try {
    await deliverEmail(
      { notificationId: id },
      { ...deps, emailProviders: new Map([["smtp", relay]]) },
      never,
    );
  } finally {
    relay.close();
  }
};

function refusedBy(provider: "ses", act: Act): Act {
  return (subject, deps) => {
    const headers = { "x-amzn-errortype": "BadRequestException" };
    world.sandbox.setFault({ provider, status: 400, headers });
    return act(subject, deps);
  };
}

function inTurn(...acts: readonly Act[]): Act {
  return async (subject, deps) => {
    for (const act of acts) await act(subject, deps);
  };
}

async function subject(facts: NotificationFacts): Promise<Subject> {
  const reference = crypto.randomUUID();
  const sent = facts.status !== undefined && facts.status !== "created";
  const given = { createdAt, clientReference: "ref-1", ...(sent ? { reference, sentAt } : {}) };
  return { id: await world.notification({ ...given, ...facts }), reference };
}

/** What waits to be told of a notification's status, decrypted. */
async function toldOf(id: string): Promise<string[]> {
  const jobs = await jobsAbout(world.sql, "service-callbacks", id);
  return await Promise.all(
    jobs.map(async ({ data }) => {
      const payload = data as Payload<"service-callbacks">;
      expect(payload).toMatchObject({ v: 1, type: "delivery_status", attempt: 1 });
      return await world.cipher.decrypt(payload.body, callbackBodyOf(id));
    }),
  );
}

const sending = { status: "sending" } as const;
const pending = { status: "pending" } as const;
const email = { channel: "email" } as const;
const sentEmail = { ...email, ...sending } as const;
const testKey = { keyType: "test" } as const;
const german = { international: true, to: "+49 1512 3456789", normalisedTo: "4915123456789" } as const;
const american = { international: true, to: "+1 202 555 0123", normalisedTo: "12025550123" } as const;
const sent = { status: "sent" } as const;
const old = { createdAt: fourDaysAgo, sentAt: null } as const;

type Sent = "sent before" | "sent now" | "never sent";

const ends: [string, NotificationFacts | (() => NotificationFacts), Act, Status, Sent][] = [
  ["MMG delivered it", sending, text("mmg", "3"), "delivered", "sent before"],
  ["MMG rejected it", sending, text("mmg", "2", "4"), "permanent-failure", "sent before"],
  ["MMG gave it up", sending, text("mmg", "4", "6"), "temporary-failure", "sent before"],
  ["MMG says what nobody knows", sending, text("mmg", "nonsense"), "technical-failure", "sent before"],
  ["MMG reported before we noted it as sent", {}, text("mmg", "3"), "delivered", "never sent"],
  ["Firetext delivered it", sending, text("firetext", "0"), "delivered", "sent before"],
  ["Firetext declined it", sending, text("firetext", "1", "101"), "permanent-failure", "sent before"],
  ["Firetext waited in vain", pending, text("firetext", "1"), "temporary-failure", "sent before"],
  ["SNS delivered it", sending, text("sns", "SUCCESS"), "delivered", "sent before"],
  ["SNS failed it", sending, text("sns", "FAILURE", "Unknown error"), "temporary-failure", "sent before"],
  ["it went where receipts come from", { ...sent, ...german }, text("mmg", "3"), "delivered", "sent before"],
  ["SES delivered it", sentEmail, delivery, "delivered", "sent before"],
  ["it bounced for good", sentEmail, bounce("Permanent"), "permanent-failure", "sent before"],
  ["it bounced for now", sentEmail, bounce("Transient"), "temporary-failure", "sent before"],
  ["it bounced oddly", sentEmail, bounce("Undetermined"), "temporary-failure", "sent before"],
  [
    "no receipt came in three days",
    { ...sending, createdAt: fourDaysAgo },
    timeOut,
    "temporary-failure",
    "sent before",
  ],
  ["no second one came", { ...pending, createdAt: fourDaysAgo }, timeOut, "temporary-failure", "sent before"],
  [
    "no receipt came of an email",
    { ...sentEmail, createdAt: fourDaysAgo },
    timeOut,
    "temporary-failure",
    "sent before",
  ],
  [
    "time is up, and nobody noted when it was sent",
    { ...sending, ...old },
    timeOut,
    "temporary-failure",
    "never sent",
  ],
  ["a text used up its retries", {}, exhaust, "technical-failure", "never sent"],
  ["an email used up its retries", email, exhaust, "technical-failure", "never sent"],
  ["SES refused it", email, refusedBy("ses", sendEmail), "technical-failure", "never sent"],
  ["its service was closed", () => ({ serviceId: inactive.id }), sendText, "technical-failure", "never sent"],
  [
    "an email's was",
    () => ({ ...email, serviceId: inactive.id }),
    sendEmail,
    "technical-failure",
    "never sent",
  ],
  [
    "a test key's was",
    () => ({ ...testKey, serviceId: inactive.id }),
    pretend,
    "technical-failure",
    "never sent",
  ],
  ["an SMTP server took it", email, sendBySmtp, "delivered", "sent now"],
  ["a test key sent a text", testKey, pretendWhole, "delivered", "sent now"],
  [
    "a test key's text fails",
    { ...testKey, to: "07700900003" },
    pretendWhole,
    "temporary-failure",
    "sent now",
  ],
  [
    "a test key's text fails for good",
    { ...testKey, to: "07700900002" },
    pretendWhole,
    "permanent-failure",
    "sent now",
  ],
  ["a test key sent an email", { ...testKey, ...email }, pretendWhole, "delivered", "sent now"],
  [
    "a test key's bounces",
    { ...testKey, ...email, to: "perm-fail@simulator.notify" },
    pretendWhole,
    "permanent-failure",
    "sent now",
  ],
];

describe("a service is told once, byte for byte, when", () => {
  test.each(ends)("%s", async (_how, given, act, status, when) => {
    const facts = typeof given === "function" ? given() : given;
    const notification = await subject(facts);
    const { id } = notification;
    const deps = world.newDeps({ now: () => endedAt });

    await act(notification, deps);
    // Its job runs again, and late receipts come in.
    await act(notification, world.newDeps()).catch(() => {});
    await inTurn(
      text("mmg", "5"),
      text("firetext", "0"),
      delivery,
      bounce("Permanent"),
    )(notification, world.newDeps()).catch(() => {});

    expect((await notificationRow(world.sql, id)).status).toBe(status);
    const { channel = "sms", to = channel === "sms" ? "07700 900123" : "Ada@example.com" } = facts;
    const created = (facts.createdAt ?? createdAt).toISOString().replace("Z", "000Z");
    const sentText = {
      "sent before": '"2036-03-14T12:35:26.001000Z"',
      "sent now": '"2036-03-14T12:36:00.000000Z"',
      "never sent": "null",
    }[when];
    expect(await toldOf(id)).toEqual([
      `{"id": "${id}", "reference": "ref-1", "to": "${to}", "status": "${status}", "created_at": "${created}", ` +
        `"completed_at": "2036-03-14T12:36:00.000000Z", "sent_at": ${sentText}, "notification_type": "${channel}", ` +
        `"template_id": "${world.service.templates[channel]}", "template_version": 1}`,
    ]);
  });
});

const noEnds: [string, NotificationFacts | (() => NotificationFacts), Act, Status][] = [
  ["a provider took a text", {}, sendText, "sending"],
  ["SES took an email", email, sendEmail, "sending"],
  ["a text went abroad", { ...american }, sendText, "sent"],
  ["a receipt comes from where none is believed", { ...sent, ...american }, text("mmg", "3"), "sent"],
  ["a text abroad is as old as others that are given up", { ...sent, ...american, ...old }, timeOut, "sent"],
  ["a test key's text went abroad", { ...testKey, ...american }, pretendWhole, "sent"],
  ["a handset is waited for", sending, text("firetext", "2", "000"), "pending"],
  ["a test key's receipt is still to come", testKey, pretend, "sending"],
  ["it still waits for its provider, however old", { createdAt: fourDaysAgo }, timeOut, "created"],
  ["an email is complained of", sentEmail, complaint, "sending"],
  ["it was cancelled", { status: "cancelled" }, text("mmg", "3"), "cancelled"],
  ["it failed its checks", { status: "validation-failed" }, text("mmg", "3"), "validation-failed"],
  ["it had ended before", { status: "temporary-failure" }, text("mmg", "3"), "temporary-failure"],
  ["an email had ended before", { ...email, status: "delivered" }, bounce("Permanent"), "delivered"],
  [
    "its service wants to hear of none",
    () => ({ ...sending, serviceId: untold.id }),
    text("mmg", "3"),
    "delivered",
  ],
];

describe("a service is told nothing when", () => {
  test.each(noEnds)("%s", async (_how, given, act, status) => {
    const notification = await subject(typeof given === "function" ? given() : given);

    await act(notification, world.deps);

    expect((await notificationRow(world.sql, notification.id)).status).toBe(status);
    expect(await toldOf(notification.id)).toEqual([]);
  });
});
