import type { Channel, Status } from "../notification/notification.ts";
import { firetextCodes, firetextStatuses } from "./firetext-codes.ts";
import { mmgCodes } from "./mmg-codes.ts";
import type { SmsReceipt, StatusReceipt } from "./payload.ts";
import { snsFailure } from "./sns-sms-codes.ts";

/**
 * The status a receipt moves a notification to, or null when it moves nothing: providers repeat and reorder
 * receipts, and a finished notification stays finished. `countrySendsReceipts` is true for UK numbers and email;
 * what claims to be a receipt from a country that sends none is not believed (Notify's `dlr` attribute).
 */
export function statusAfterReceipt(
  current: Status,
  reported: Status,
  { channel, countrySendsReceipts }: { channel: Channel; countrySendsReceipts: boolean },
): Status | null {
  const believed = channel === "email" || countrySendsReceipts;
  return believed && openToReceipts[channel].includes(current) && reported !== current ? reported : null;
}

/**
 * The statuses a receipt may still change. A receipt can overtake our own note that the provider took the message,
 * so `created` is among them: the receipt proves that it did, and applying it keeps the message from being sent
 * again. (Notify lists `created` for texts only; its emails are found by the reference stored with `sending`, so
 * there the question never comes up.)
 */
const openToReceipts: Record<Channel, readonly Status[]> = {
  sms: ["created", "sending", "pending", "sent"],
  email: ["created", "sending", "pending"],
  // What the printer says of letters comes in files of its own.
  letter: [],
};

export interface Reported {
  status: "delivered" | "pending" | "permanent-failure" | "temporary-failure" | "technical-failure";
  /** In words, for the log. */
  reason: string | null;
  /** Which of the provider's codes means nothing to us; worth a warning, or for `status` an error. */
  unrecognised: "status" | "detail" | null;
}

/** What a receipt says became of a notification whose status is `current`. */
export function reportedStatus(receipt: StatusReceipt, current: Status): Reported {
  switch (receipt.provider) {
    case "mmg":
      return reportedByMmg(receipt);
    case "firetext":
      return reportedByFiretext(receipt, current);
    case "sns":
      return reportedBySns(receipt);
    case "ses":
      if (receipt.type === "delivery") return { status: "delivered", reason: null, unrecognised: null };
      return {
        status: receipt.bounceType === "Permanent" ? "permanent-failure" : "temporary-failure",
        reason: [receipt.bounceType, receipt.bounceSubType].filter((part) => part !== null).join(" ") || null,
        unrecognised: null,
      };
  }
}

function reportedByMmg({ providerStatus, detail }: SmsReceipt): Reported {
  const code = mmgCodes.get(providerStatus);
  if (code === undefined) return unknownStatus;
  return { status: code.status, reason: code.reasons.get(detail ?? "") ?? null, unrecognised: null };
}

/** A failure without a known code is permanent, unless the handset was being waited for. */
function reportedByFiretext({ providerStatus, detail }: SmsReceipt, current: Status): Reported {
  const status = firetextStatuses.get(providerStatus);
  if (status === undefined) return unknownStatus;
  const code = firetextCodes.get(detail ?? "");
  if (status !== "permanent-failure") return { status, reason: code?.reason ?? null, unrecognised: null };
  if (code !== undefined) return { ...code, unrecognised: null };
  return {
    status: current === "pending" ? "temporary-failure" : "permanent-failure",
    reason: null,
    unrecognised: detail === null ? null : "detail",
  };
}

/** A failure in words unknown to us is temporary: after a permanent one, services give a number up. */
function reportedBySns({ providerStatus, detail }: SmsReceipt): Reported {
  if (providerStatus === "SUCCESS") return { status: "delivered", reason: detail, unrecognised: null };
  if (providerStatus !== "FAILURE") return unknownStatus;
  const failure = snsFailure(detail ?? "");
  if (failure !== undefined) return { ...failure, unrecognised: null };
  return { status: "temporary-failure", reason: detail, unrecognised: detail === null ? null : "detail" };
}

const unknownStatus: Reported = { status: "technical-failure", reason: null, unrecognised: "status" };
