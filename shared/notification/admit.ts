import { isDataFault, type Pool } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { inGroups } from "../group.ts";
import { deliveryQueue } from "../queue/enqueue.ts";
import type { Admission, Admit, Idempotency, Refusal } from "./admission.ts";
import { keptResponseOf } from "./idempotency-keys.ts";
import type { NewNotification } from "./notification.ts";

export interface AdmitOptions {
  sql: Pool;
  cipher: Cipher;
  now: () => Date;
  /** How long one commit may take before its requests are refused. */
  timeoutMs: number;
  /** As in `inGroups`. */
  measured?: (size: number, seconds: number) => void;
}

interface Prepared {
  admission: Admission;
  /** Encrypted before the group forms, so that no commit waits for it; the kept response too. */
  personalisation: string | null;
  idempotency: Idempotency | null;
}

/**
 * The accept path's only write. Requests that arrive while a commit is in flight share the next one
 * (`inGroups`); each commit is one statement that counts limits, stores rows and queues their delivery.
 */
export function createAdmit({ sql, cipher, now, timeoutMs, measured }: AdmitOptions): Admit {
  const write = inGroups<Prepared, Refusal>((group) => admitGroup(sql, group, now()), {
    largest: 128,
    waiting: 20_000,
    // An email's values may take 8 MB, and Postgres takes no parameter of a gigabyte.
    weight: { of: weigh, heaviest: 32_000_000, waiting: 256_000_000 },
    timeoutMs,
    isItemsFault: isDataFault,
    measured,
  });

  return async (admission) => {
    const { notification } = admission;
    const personalisation =
      notification?.personalisation == null
        ? null
        : await cipher.encrypt(notification.personalisation, personalisationOf(notification.id));
    const { idempotency } = admission;
    if (idempotency === null) return await write({ admission, personalisation, idempotency });

    const { key, fingerprint, response } = idempotency;
    const purpose = keptResponseOf(admission.serviceId, admission.keyType, key);
    const sealed = response === null ? null : await cipher.encrypt(response, purpose);
    const refusal = await write({
      admission,
      personalisation,
      idempotency: { key, fingerprint, response: sealed },
    });
    if (refusal === null || typeof refusal === "string") return refusal;
    return { response: await cipher.decrypt(refusal.response, purpose) };
  };
}

/** The characters that grow with a request. */
function weigh({ personalisation, idempotency }: Prepared): number {
  return (personalisation?.length ?? 0) + (idempotency?.response?.length ?? 0);
}

/** What a stored personalisation's encryption is bound to. */
export function personalisationOf(notificationId: string): string {
  return `notifications.personalisation:${notificationId}`;
}

async function admitGroup(sql: Pool, group: readonly Prepared[], at: Date): Promise<Refusal[]> {
  const requests: unknown[] = [];
  const rows: unknown[] = [];
  const jobs: unknown[] = [];
  const documents: unknown[] = [];
  group.forEach(({ admission, personalisation, idempotency }, n) => {
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
      ...(idempotency && {
        idem_key: idempotency.key,
        idem_fingerprint: idempotency.fingerprint,
        idem_response: idempotency.response,
      }),
    });
    if (notification) {
      rows.push(toRow(n, notification, personalisation));
      jobs.push({
        n,
        name: deliveryQueue(notification.channel, notification.keyType),
        data: { notificationId: notification.id },
        group_id: notification.serviceId,
      });
    }
    for (const { id, expiresAt } of admission.documents) documents.push({ n, id, expires_at: expiresAt });
  });
  const refused = await sql<Refused[]>`
    select n, refusal, response from admit_requests(${JSON.stringify(requests)}::text::json,
      ${JSON.stringify(rows)}::text::json, ${JSON.stringify(jobs)}::text::json, ${at},
      ${documents.length === 0 ? null : JSON.stringify(documents)}::text::json)`;
  const refusals: Refusal[] = group.map(() => null);
  for (const row of refused) {
    refusals[row.n] = row.refusal === "replay" ? { response: row.response } : row.refusal;
  }
  return refusals;
}

type Refused = { n: number } & (
  | { refusal: "rate" | "daily" | "international" | "other"; response: null }
  | { refusal: "replay"; response: string }
);

const keyNumbers = { normal: 1, team: 2, test: 3 } as const;

function toRow(n: number, row: NewNotification, personalisation: string | null) {
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
  };
}
