import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { newLetterReference } from "../letter/reference.ts";
import { personalisationOf } from "../notification/admit.ts";
import type { Channel } from "../notification/notification.ts";
import { derivedId } from "../queue/derived-id.ts";
import { deliveryQueue } from "../queue/enqueue.ts";
import { letterRefusal, recipientRefusal } from "../recipient/allowed-recipients.ts";
import { parseEmailAddress } from "../recipient/email-address.ts";
import { parsePhoneNumber } from "../recipient/phone-number.ts";
import { phonePermissionFault } from "../recipient/phone-permissions.ts";
import { type DomesticPostage, type Postage, postageTo } from "../recipient/postage.ts";
import { addressLines, parsePostalAddress, searchableAddress } from "../recipient/postal-address.ts";
import { formatSender } from "../recipient/sms-sender.ts";
import type { KeyType, Service } from "../service/service.ts";
import { stripObscure } from "../text/whitespace.ts";
import type { BatchRow } from "./rows-text.ts";

/** What all rows of a batch have in common. */
export interface BatchSending {
  channel: Channel;
  keyType: KeyType;
  service: Pick<Service, "restricted" | "permissions" | "allowedRecipients" | "smsSenders" | "emailReplyTos">;
  /** Null: the service's default. */
  senderId: string | null;
  /** Of a letter's template. */
  postage: DomesticPostage | null;
  contactBlock: string | null;
}

/** Where a row goes, as it is stored. */
interface Destination {
  to: string;
  normalisedTo: string;
  international: boolean;
  phonePrefix: string | null;
  rateMultiplier: number | null;
  /** Of a letter. */
  postage: Postage | null;
  status: "created" | "validation-failed";
}

/**
 * Where a row goes, or null for one that is skipped: the service is in trial mode and may not send to it. Files were
 * checked before they became batches; of that nothing but numbers is repeated (`spec/recipients.md` 4.4).
 */
function destinationOf({ to }: BatchRow, sending: BatchSending): Destination | null {
  switch (sending.channel) {
    case "sms":
      return numberOf(stripObscure(to ?? ""), sending);
    case "email":
      return emailOf(stripObscure(to ?? ""), sending);
    case "letter":
      return addressOf(to ?? "", sending);
  }
}

const home = { international: false, phonePrefix: null, rateMultiplier: null, postage: null } as const;

function numberOf(to: string, { keyType, service }: BatchSending): Destination | null {
  const parsed = parsePhoneNumber(to);
  const normalisedTo = parsed.ok ? parsed.number.normalised : to;
  if (recipientRefusal({ keyType, ...service }, normalisedTo) !== null) return null;
  if (!parsed.ok || phonePermissionFault(parsed.number, service.permissions) !== null) {
    const never = { phonePrefix: "+44", rateMultiplier: 0, status: "validation-failed" } as const;
    return { ...home, to, normalisedTo: to, ...never };
  }
  const { international, phonePrefix, rateMultiplier } = parsed.number;
  return { to, normalisedTo, international, phonePrefix, rateMultiplier, postage: null, status: "created" };
}

function emailOf(to: string, { keyType, service }: BatchSending): Destination | null {
  const normalisedTo = parseEmailAddress(to)?.normalised ?? to.toLowerCase();
  if (recipientRefusal({ keyType, ...service }, normalisedTo) !== null) return null;
  // Nobody at all: what no provider can be given.
  return { ...home, to, normalisedTo, status: to === "" ? "validation-failed" : "created" };
}

function addressOf(to: string, { keyType, service, postage }: BatchSending): Destination | null {
  if (letterRefusal({ keyType, restricted: service.restricted }) !== null) return null;
  const address = parsePostalAddress(to);
  return {
    ...home,
    to: addressLines(address),
    normalisedTo: searchableAddress(address),
    international: address.abroad !== null,
    postage: postageTo(address, postage ?? "second"),
    status: "created",
  };
}

/** Whom a batch's messages come from, frozen now; null where nobody is named. */
function senderOf({ channel, service, senderId, contactBlock }: BatchSending): string | null {
  if (channel === "letter") return contactBlock;
  const senders = channel === "sms" ? service.smsSenders : service.emailReplyTos;
  const sender = senders.find(({ id }) => id === senderId) ?? senders.find(({ isDefault }) => isDefault);
  if (!sender) return null;
  return channel === "sms" ? formatSender(sender.value) : sender.value;
}

export interface RowsToStore {
  batchId: string;
  serviceId: string;
  firstRow: number;
  rows: readonly BatchRow[];
  sending: BatchSending;
  at: Date;
}

export interface StoredRows {
  stored: number;
  skipped: number;
  failed: number;
}

/**
 * Stores a group of rows with the jobs that deliver them, in one commit and once: a row's id is made from its place. Null
 * where it was stored before. No limit is looked at: the batch was counted as a whole.
 */
export async function storeRows(
  { db, cipher }: { db: Db; cipher: Cipher },
  { batchId, serviceId, firstRow, rows, sending, at }: RowsToStore,
): Promise<StoredRows | null> {
  const { channel, keyType } = sending;
  const replyToText = senderOf(sending);
  const made = await Promise.all(
    rows.map(async (row, place) => {
      const destination = destinationOf(row, sending);
      if (destination === null) return null;
      const n = firstRow + place;
      const id = await derivedId(`${batchId} row ${n}`);
      const { personalisation } = row;
      const sealed = personalisation && (await cipher.encrypt(personalisation, personalisationOf(id)));
      return { n, id, row, destination, personalisation: sealed };
    }),
  );
  const present = made.filter((one) => one !== null);
  const sent = present.filter(({ destination }) => destination.status === "created");
  const skipped = rows.length - present.length;
  const failed = present.length - sent.length;
  const notifications = present.map(({ n, id, row, destination, personalisation }) => ({
    n,
    id,
    recipient: destination.to,
    normalised_to: destination.normalisedTo,
    client_reference: row.reference,
    personalisation,
    reply_to_text: replyToText,
    international: destination.international,
    phone_prefix: destination.phonePrefix,
    rate_multiplier: destination.rateMultiplier,
    status: destination.status,
  }));
  const name = deliveryQueue({ channel, keyType, status: "created" });
  const queued = sent.map(({ n, id }) => ({ n, name, data: { notificationId: id }, group_id: serviceId }));
  const letters =
    channel === "letter"
      ? sent.map(({ n, id, destination }) => ({
          n,
          notification_id: id,
          service_id: serviceId,
          reference: newLetterReference(),
          precompiled: false,
          postage: destination.postage,
          created_at: at,
        }))
      : null;
  const [row] = await db<{ stored: number | null }[]>`
    select store_batch_rows(${batchId}, ${firstRow}, ${at}, ${skipped}, ${failed},
      ${JSON.stringify(notifications)}::text::json, ${JSON.stringify(queued)}::text::json,
      ${letters && JSON.stringify(letters)}::text::json) as stored`;
  return row?.stored == null ? null : { stored: row.stored, skipped, failed };
}
