import type { Pool } from "../database.ts";
import { deliveryQueue } from "../queue/enqueue.ts";
import type { StoredFile } from "../storage/storage.ts";
import type { Admission, Idempotency, Refusal } from "./admission.ts";
import type { NewLetter, NewNotification, Status } from "./notification.ts";

/** A request with all that must be encrypted of it. */
export interface Prepared {
  admission: Admission;
  /** Encrypted before the group forms, so that no commit waits for it; the kept response too. */
  personalisation: string | null;
  idempotency: Idempotency | null;
  /** A letter's file, where it is stored with the row. */
  file: StoredFile | null;
}

/** Takes requests through their limits and stores what passes, in one statement. Answers in their order. */
export async function admitGroup(sql: Pool, group: readonly Prepared[], at: Date): Promise<Refusal[]> {
  const requests: unknown[] = [];
  const rows: unknown[] = [];
  const jobs: unknown[] = [];
  const documents: unknown[] = [];
  const letters: unknown[] = [];
  const files: StoredFile[] = [];
  let fileStart = 1;
  group.forEach(({ admission, personalisation, idempotency, file }, n) => {
    const { notification } = admission;
    requests.push({
      n,
      service_id: admission.serviceId,
      key: keyNumbers[admission.keyType],
      rate_limit: admission.rateLimit,
      kind: admission.channel,
      daily_limit: admission.dailyLimit,
      international_limit: admission.internationalLimit,
      stored: notification !== null,
      international: admission.countsAsInternational,
      ...(admission.tokens === 2 && { tokens: 2 }),
      ...(idempotency && {
        idem_key: idempotency.key,
        idem_fingerprint: idempotency.fingerprint,
        idem_response: idempotency.response,
      }),
    });
    if (notification) {
      const { row, job, letter } = toStored(n, notification, personalisation);
      rows.push(row);
      jobs.push(job);
      if (letter) letters.push({ ...letter, ...(file && placeOf(file, fileStart)) });
      if (file) {
        files.push(file);
        fileStart += file.content.length;
      }
    }
    for (const { id, expiresAt } of admission.documents) documents.push({ n, id, expires_at: expiresAt });
  });
  const refused = await sql<Refused[]>`
    select n, refusal, response from admit_requests(${JSON.stringify(requests)}::text::json,
      ${JSON.stringify(rows)}::text::json, ${JSON.stringify(jobs)}::text::json, ${at},
      ${jsonUnlessEmpty(documents)}::text::json, ${jsonUnlessEmpty(letters)}::text::json,
      ${files.length === 0 ? null : joined(files)}::bytea)`;
  const refusals: Refusal[] = group.map(() => null);
  for (const row of refused) {
    refusals[row.n] = row.refusal === "replay" ? { response: row.response } : row.refusal;
  }
  return refusals;
}

function jsonUnlessEmpty(list: readonly unknown[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list);
}

/** Where a file stands among those of its group. */
function placeOf({ key, content }: StoredFile, start: number) {
  return { file_key: key, file_start: start, file_bytes: content.length };
}

/** One after the other: as text they would take many times as long. */
function joined(files: readonly StoredFile[]): Uint8Array {
  const bytes = new Uint8Array(files.reduce((sum, { content }) => sum + content.length, 0));
  let at = 0;
  for (const { content } of files) {
    bytes.set(content, at);
    at += content.length;
  }
  return bytes;
}

/** What the database takes of a notification, under the number of its request; `letter` is null for what is none. */
export function toStored(n: number, notification: NewNotification, personalisation: string | null) {
  const status = firstStatus(notification);
  const { id, serviceId, letter } = notification;
  return {
    row: toRow(n, notification, personalisation, status),
    job: {
      n,
      name: deliveryQueue({ ...notification, status }),
      data: { notificationId: id },
      group_id: serviceId,
    },
    letter: letter && toLetter(n, notification, letter),
  };
}

/** What a service made itself is looked at first. */
function firstStatus({ letter }: NewNotification): Status {
  return letter?.original ? "pending-virus-check" : "created";
}

type Refused = { n: number } & (
  | { refusal: "rate" | "daily" | "international" | "other"; response: null }
  | { refusal: "replay"; response: string }
);

const keyNumbers = { normal: 1, team: 2, test: 3 } as const;

function toLetter(
  n: number,
  { id, serviceId, createdAt }: NewNotification,
  { reference, postage, original }: NewLetter,
) {
  return {
    n,
    notification_id: id,
    service_id: serviceId,
    reference,
    precompiled: original !== null,
    postage,
    created_at: createdAt,
  };
}

function toRow(n: number, row: NewNotification, personalisation: string | null, status: Status) {
  return {
    n,
    id: row.id,
    service_id: row.serviceId,
    template_id: row.templateId,
    template_version: row.templateVersion,
    api_key_id: row.apiKeyId,
    key_type: row.keyType,
    notification_type: row.channel,
    recipient: row.to,
    normalised_to: row.normalisedTo,
    client_reference: row.clientReference,
    personalisation,
    reply_to_text: row.replyToText,
    unsubscribe_link: row.unsubscribeLink,
    international: row.international,
    phone_prefix: row.phonePrefix,
    rate_multiplier: row.rateMultiplier,
    created_at: row.createdAt,
    // It is what a row has by itself.
    ...(status !== "created" && { status }),
  };
}
