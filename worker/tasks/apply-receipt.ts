import { complaintCallback } from "../../shared/callback/complaint.ts";
import { secondsBetween } from "../../shared/metrics/metrics.ts";
import type { Changeable } from "../../shared/notification/changeable.ts";
import type { Payload } from "../../shared/queue/jobs.ts";
import type { SesReceipt, StatusReceipt } from "../../shared/receipt/payload.ts";
import { storeComplaint } from "../../shared/receipt/queries.ts";
import { type Reported, reportedStatus, statusAfterReceipt } from "../../shared/receipt/receipt.ts";
import { receiptStep } from "../../shared/receipt/step.ts";
import { findDestination } from "../../shared/recipient/international-rates.ts";
import { parsePhoneNumber } from "../../shared/recipient/phone-number.ts";
import type { WorkerDeps } from "../deps.ts";
import { readMessage } from "./deliver.ts";
import { renderText } from "./deliver-sms.ts";
import { changeStatus } from "./finish.ts";

type Complaint = Extract<SesReceipt, { type: "complaint" }>;

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** A reference this young may only be unknown because the commit that stores it is still under way. */
const youngMs = 5 * 60 * 1000;

/** Applies what a provider of texts reported (`spec/delivery.md` 5.3). Throws only to ask for another attempt. */
export async function applySmsReceipt(receipt: Payload<"sms-receipts">, deps: WorkerDeps): Promise<void> {
  const { reference, provider } = receipt;
  if (provider === "sns") return applySnsReceipt(receipt, deps);
  if (!uuid.test(reference)) {
    deps.log.error({ provider }, "Receipt for a reference that is not ours");
    return;
  }
  const found = await apply(receipt, deps, () => deps.store.find(reference.toLowerCase()));
  if (!found) deps.log.warn({ provider, notificationId: reference }, "Receipt for an unknown notification");
}

/** SNS knows a text by its own id alone, which is stored with `sending` as the reference. */
async function applySnsReceipt(receipt: Payload<"sms-receipts">, deps: WorkerDeps): Promise<void> {
  const { reference, receivedAt, deliveredAt } = receipt;
  if (await apply(receipt, deps, () => deps.store.findByReference(reference))) return;
  if (deps.now().getTime() - Date.parse(deliveredAt ?? receivedAt) < youngMs) {
    throw new Error(`Cannot find the notification of ${reference} yet`);
  }
  deps.log.warn({ reference }, "Receipt for an unknown text");
}

/** Applies what SES reported (`spec/delivery.md` 5.4). Throws only to ask for another attempt. */
export async function applySesReceipt(receipt: Payload<"ses-receipts">, deps: WorkerDeps): Promise<void> {
  const { store, log, now } = deps;
  const { reference } = receipt;
  const find = () => store.findByReference(reference);
  if (receipt.type !== "complaint") {
    if (await apply(receipt, deps, find)) return;
  } else {
    const notification = await find();
    if (notification?.channel === "email") {
      await applyComplaint(receipt, notification, deps);
      log.info({ notificationId: notification.id, complaintType: receipt.complaintType }, "Complaint");
      return;
    }
  }
  // SES cannot have taken it after it told us of it, whatever its clock says.
  const sentAt = [receipt.mailedAt ?? receipt.receivedAt, receipt.receivedAt].map((at) => Date.parse(at));
  if (now().getTime() - Math.min(...sentAt) < youngMs) {
    throw new Error(`Cannot find the notification of ${reference} yet`);
  }
  log.warn({ reference }, "Receipt for an unknown email");
}

/** A complaint leaves the email's status alone. It is stored once, and its service told once. */
async function applyComplaint(
  { eventId, feedbackId, complaintType, happenedAt, receivedAt }: Complaint,
  email: Changeable,
  { sql, cipher }: WorkerDeps,
): Promise<void> {
  const told = { id: crypto.randomUUID(), happenedAt: happenedAt === null ? null : new Date(happenedAt) };
  await storeComplaint(sql, {
    ...told,
    notificationId: email.id,
    serviceId: email.serviceId,
    eventId,
    feedbackId,
    complaintType,
    callback: await complaintCallback({ ...told, receivedAt }, email, cipher),
  });
}

/** False where there is no such notification. */
async function apply(
  receipt: StatusReceipt,
  deps: WorkerDeps,
  find: () => Promise<Changeable | null>,
): Promise<boolean> {
  const channel = receipt.provider === "ses" ? "email" : "sms";
  // Each turn that loses means another change of the same row won; a row has only so many changes in it.
  for (let turn = 0; turn < 5; turn++) {
    const notification = await find();
    // A text's provider cannot know what became of an email, though it names its id.
    if (notification?.channel !== channel) return false;
    const reported = reportedStatus(receipt, notification.status);
    const status = statusAfterReceipt(notification.status, reported.status, {
      channel,
      countrySendsReceipts: sendsReceipts(notification),
    });
    const facts = factsOf(receipt, notification, reported);
    if (status === null) {
      deps.log.info(facts, "Receipt changes nothing");
      return true;
    }
    // The worker that sent it may have died before it noted what it costs.
    if (channel === "sms" && notification.sentAt === null) await price(notification.id, deps);
    const by = receipt.provider;
    const steps = [receiptStep(receipt, status, reported.reason)];
    if (await changeStatus(deps, notification, { to: status, reason: reported.reason, by, steps })) {
      const { sentAt } = notification;
      deps.metrics.reported({ provider: by, status }, sentAt && secondsBetween(sentAt, receipt.receivedAt));
      deps.log[reported.unrecognised === "status" ? "error" : "info"](facts, "Receipt");
      return true;
    }
  }
  throw new Error("Cannot apply a receipt: the notification keeps changing");
}

async function price(notificationId: string, deps: WorkerDeps): Promise<void> {
  const unpriced = await deps.store.findUnpriced(notificationId);
  if (!unpriced) return;
  const { fragments } = renderText(await readMessage(deps, unpriced));
  await deps.store.price({ id: notificationId, billableUnits: fragments });
}

function factsOf(
  receipt: StatusReceipt,
  { id, serviceId, status, createdAt }: Changeable,
  reported: Reported,
) {
  return {
    notificationId: id,
    serviceId,
    provider: receipt.provider,
    ...codesOf(receipt),
    was: status,
    status: reported.status,
    reason: reported.reason,
    unrecognised: reported.unrecognised ?? undefined,
    receivedAt: receipt.receivedAt,
    deliveredAt: receipt.provider === "ses" ? receipt.happenedAt : receipt.deliveredAt,
    seconds: (Date.parse(receipt.receivedAt) - createdAt.getTime()) / 1000,
  };
}

/** A text provider's own codes, since an unknown one is told of nowhere else. */
function codesOf(receipt: StatusReceipt) {
  if (receipt.provider === "ses") return {};
  return { code: loggable(receipt.providerStatus), detail: loggable(receipt.detail) };
}

/** What is longer than any code may be a recipient's number. */
function loggable(code: string | null): string | null {
  return code === null || /^(?:\d{1,5}|[A-Za-z]{1,20})$/.test(code) ? code : "no code";
}

function sendsReceipts({ international, normalisedTo, phonePrefix }: Changeable): boolean {
  if (!international) return true;
  if (normalisedTo === null) return findDestination(phonePrefix ?? "")?.sendsReceipts ?? true;
  const parsed = parsePhoneNumber(`+${normalisedTo}`);
  return parsed.ok && parsed.number.sendsReceipts;
}
