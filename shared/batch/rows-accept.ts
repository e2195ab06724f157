import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import type { Admission, Refusal } from "../notification/admission.ts";
import { keptResponseOf } from "../notification/idempotency-keys.ts";
import { toRow } from "../queue/enqueue.ts";
import { batchJob } from "./process.ts";

/** A batch that the public API is asked for; its rows are stored as a file already. */
export interface NewBatch {
  id: string;
  name: string;
  templateId: string;
  templateVersion: number;
  senderId: string | null;
  apiKeyId: string;
  rows: number;
  /** Texts to country codes other than 44. */
  abroad: number;
  /** Null: now. */
  scheduledFor: Date | null;
}

const keyNumbers = { normal: 1, team: 2, test: 3 } as const;

/**
 * Takes a request for a batch through its service's limits, and stores the batch with its job and its `Idempotency-Key`,
 * in one commit. It takes one token of the bucket, and all its rows of the day's messages, or none.
 */
export async function acceptBatch(
  db: Db,
  cipher: Cipher,
  { admission, batch, at }: { admission: Admission; batch: NewBatch; at: Date },
): Promise<Refusal> {
  const { serviceId, keyType, channel, rateLimit, dailyLimit, internationalLimit, idempotency } = admission;
  const purpose = keptResponseOf(serviceId, keyType, idempotency?.key ?? "");
  const response = idempotency?.response == null ? null : await cipher.encrypt(idempotency.response, purpose);
  const request = {
    service_id: serviceId,
    key: keyNumbers[keyType],
    rate_limit: rateLimit,
    kind: channel,
    daily_limit: dailyLimit,
    international_limit: internationalLimit,
    messages: batch.rows,
    abroad: batch.abroad,
    starts_later: batch.scheduledFor !== null,
    ...(idempotency && {
      idem_key: idempotency.key,
      idem_fingerprint: idempotency.fingerprint,
      idem_response: response,
    }),
  };
  const row = {
    id: batch.id,
    name: batch.name,
    template_id: batch.templateId,
    template_version: batch.templateVersion,
    sender_id: batch.senderId,
    scheduled_for: batch.scheduledFor,
    api_key_id: batch.apiKeyId,
  };
  const jobs = [toRow(await batchJob({ id: batch.id, serviceId }, batch.scheduledFor ?? undefined))];
  const [refused] = await db<Refused[]>`
    select refusal, response from accept_batch(${JSON.stringify(request)}::text::json,
      ${JSON.stringify(row)}::text::json, ${JSON.stringify(jobs)}::text::json, ${at})`;
  if (!refused) return null;
  if (refused.refusal !== "replay") return refused.refusal;
  return { response: await cipher.decrypt(refused.response, purpose) };
}

type Refused =
  | { refusal: "rate" | "daily" | "international" | "other"; response: null }
  | { refusal: "replay"; response: string };
