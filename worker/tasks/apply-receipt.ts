import type { Changeable } from "../../shared/notification/change.ts";
import type { Payload } from "../../shared/queue/jobs.ts";
import type { StatusReceipt } from "../../shared/receipt/payload.ts";
import { storeComplaint } from "../../shared/receipt/queries.ts";
import { type Reported, reportedStatus, statusAfterReceipt } from "../../shared/receipt/receipt.ts";
import { parsePhoneNumber } from "../../shared/recipient/phone-number.ts";
import type { WorkerDeps } from "../deps.ts";
import { changeStatus } from "./finish.ts";

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** A reference this young may only be unknown because the commit that stores it is still under way. */
const youngMs = 5 * 60 * 1000;

/** Applies what MMG or Firetext reported (`spec/delivery.md` 5.3). Throws only to ask for another attempt. */
export async function applySmsReceipt(receipt: Payload<"sms-receipts">, deps: WorkerDeps): Promise<void> {
  const { reference, provider } = receipt;
  if (!uuid.test(reference)) {
    deps.log.error({ provider }, "Receipt for a reference that is not ours");
    return;
  }
  const found = await apply(receipt, deps, () => deps.store.find(reference.toLowerCase()));
  if (!found) deps.log.warn({ provider, notificationId: reference }, "Receipt for an unknown notification");
}

/** Applies what SES reported (`spec/delivery.md` 5.4). Throws only to ask for another attempt. */
export async function applySesReceipt(receipt: Payload<"ses-receipts">, deps: WorkerDeps): Promise<void> {
  const { store, sql, log, now } = deps;
  const { reference } = receipt;
  const find = () => store.findByReference(reference);
  if (receipt.type !== "complaint") {
    if (await apply(receipt, deps, find)) return;
  } else {
    const notification = await find();
    if (notification) {
      await storeComplaint(sql, notification, receipt);
      log.info({ notificationId: notification.id, complaintType: receipt.complaintType }, "Complaint");
      return;
    }
  }
  const sentAt = new Date(receipt.mailedAt ?? receipt.receivedAt).getTime();
  if (now().getTime() - sentAt < youngMs) throw new Error(`Cannot find the notification of ${reference} yet`);
  log.warn({ reference }, "Receipt for an unknown email");
}

/** False where there is no such notification. */
async function apply(
  receipt: StatusReceipt,
  deps: WorkerDeps,
  find: () => Promise<Changeable | null>,
): Promise<boolean> {
  // Each turn that loses means another change of the same row won; a row has only so many changes in it.
  for (let turn = 0; turn < 5; turn++) {
    const notification = await find();
    if (!notification) return false;
    const reported = reportedStatus(receipt, notification.status);
    const status = statusAfterReceipt(notification.status, reported.status, {
      channel: notification.channel,
      countrySendsReceipts: sendsReceipts(notification),
    });
    const facts = factsOf(receipt, notification, reported);
    if (status === null) {
      deps.log.info(facts, "Receipt changes nothing");
      return true;
    }
    const by = receipt.provider;
    if (await changeStatus(deps, notification, { to: status, reason: reported.reason, by })) {
      deps.log[reported.unrecognised === "status" ? "error" : "info"](facts, "Receipt");
      return true;
    }
  }
  throw new Error("Cannot apply a receipt: the notification keeps changing");
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
    was: status,
    status: reported.status,
    reason: reported.reason,
    unrecognised: reported.unrecognised ?? undefined,
    seconds: (new Date(receipt.receivedAt).getTime() - createdAt.getTime()) / 1000,
  };
}

function sendsReceipts({ international, normalisedTo }: Changeable): boolean {
  if (!international) return true;
  const parsed = parsePhoneNumber(`+${normalisedTo}`);
  return parsed.ok && parsed.number.sendsReceipts;
}
