import * as v from "valibot";
import type { JsonObject } from "../../../shared/json/json.ts";
import { emailFaultMessage, parseEmailAddress } from "../../../shared/recipient/email-address.ts";
import { smsSenderFault } from "../../../shared/recipient/sms-sender.ts";
import type { SenderKind, SenderObject } from "../../../shared/service/senders.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { StorableText } from "../../v2/schema/fields.ts";
import { notOfType } from "../../v2/schema/words.ts";
import { Refusal } from "../refusal.ts";

/** How a kind of sender is asked for and shown. */
export interface SenderWire {
  kind: SenderKind;
  /** Of its paths. */
  path: string;
  field: "sms_sender" | "email_address" | "contact_block";
  /** Whether what is written is answered in `data`. */
  inData: boolean;
  /** In Notify's words, where they differ by kind. */
  noDefault: string;
  isDefault: string;
  /** Throws where a service may not have it (`spec/admin-api.md` 2). */
  check(value: string): void;
}

const mostLines = 10;
const longestBlock = 5000;

export const senderWires: readonly SenderWire[] = [
  {
    kind: "sms",
    path: "sms-sender",
    field: "sms_sender",
    inData: false,
    noDefault: "You must have at least one SMS sender as the default",
    isDefault: "You cannot delete a default sms sender",
    check(value) {
      const fault = smsSenderFault(value);
      if (fault !== null) throw new Refusal(400, { sms_sender: [fault] });
    },
  },
  {
    kind: "email",
    path: "email-reply-to",
    field: "email_address",
    inData: true,
    noDefault: "You must have at least one reply to email address as the default.",
    isDefault: "You cannot delete a default email reply to address",
    check(value) {
      if (parseEmailAddress(value) === null) throw new Refusal(400, { email_address: [emailFaultMessage] });
    },
  },
  {
    kind: "letter",
    path: "letter-contact",
    field: "contact_block",
    inData: true,
    // Letters need none.
    noDefault: "",
    isDefault: "",
    check(value) {
      if (value.trim() === "") throw new Refusal(400, { contact_block: ["must not be empty"] });
      if (value.trim().split("\n").length > mostLines) {
        throw new Refusal(400, { contact_block: [`must not have more than ${mostLines} lines`] });
      }
      if (value.length > longestBlock) {
        throw new Refusal(400, { contact_block: [`must not be longer than ${longestBlock} characters`] });
      }
    },
  },
];

const IsDefault = v.boolean(notOfType("boolean"));

/** By field; each request has its kind's and `is_default`. */
export const senderRequests = {
  sms_sender: v.object({ sms_sender: StorableText, is_default: IsDefault }),
  email_address: v.object({ email_address: StorableText, is_default: IsDefault }),
  contact_block: v.object({ contact_block: StorableText, is_default: IsDefault }),
};

export function viewSender(kind: SenderKind, sender: SenderObject): JsonObject {
  const field = senderWires.find((wire) => wire.kind === kind)?.field ?? "sms_sender";
  return {
    id: sender.id,
    service_id: sender.serviceId,
    [field]: sender.value,
    is_default: sender.isDefault,
    archived: sender.archived,
    ...(kind === "sms" && { inbound_number_id: sender.inboundNumberId }),
    created_at: toTimestamp(sender.createdAt),
    updated_at: sender.updatedAt && toTimestamp(sender.updatedAt),
  };
}

export function alreadyReplyTo(address: string): Refusal {
  return new Refusal(409, `‘${address}’ is already a reply-to email address for this service.`);
}
