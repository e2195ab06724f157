import { isDataFault, type Pool } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { inGroups } from "../group.ts";
import { deliveryQueue } from "../queue/enqueue.ts";
import type { Admission, Admit, Refusal } from "./admission.ts";
import type { NewNotification } from "./notification.ts";

export interface AdmitOptions {
  sql: Pool;
  cipher: Cipher;
  now: () => Date;
  /** How long one commit may take before its requests are refused. */
  timeoutMs: number;
}

interface Prepared {
  admission: Admission;
  /** Encrypted before the group forms, so that no commit waits for it. */
  personalisation: string | null;
}

/**
 * The accept path's only write. Requests that arrive while a commit is in flight share the next one
 * (`inGroups`); each commit is one statement that counts limits, stores rows and queues their delivery.
 */
export function createAdmit({ sql, cipher, now, timeoutMs }: AdmitOptions): Admit {
  const write = inGroups<Prepared, Refusal>((group) => admitGroup(sql, group, now()), {
    largest: 128,
    waiting: 20_000,
    timeoutMs,
    isItemsFault: isDataFault,
  });

  return async (admission) => {
    const { notification } = admission;
    const personalisation =
      notification?.personalisation == null
        ? null
        : await cipher.encrypt(notification.personalisation, personalisationOf(notification.id));
    return await write({ admission, personalisation });
  };
}

/** What a stored personalisation's encryption is bound to. */
export function personalisationOf(notificationId: string): string {
  return `notifications.personalisation:${notificationId}`;
}

async function admitGroup(sql: Pool, group: readonly Prepared[], at: Date): Promise<Refusal[]> {
  const requests: unknown[] = [];
  const rows: unknown[] = [];
  const jobs: unknown[] = [];
  group.forEach(({ admission, personalisation }, n) => {
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
  });
  const refused = await sql<{ n: number; refusal: "rate" | "daily" | "international" }[]>`
    select n, refusal from admit_requests(${JSON.stringify(requests)}::text::json, ${JSON.stringify(rows)}::text::json,
      ${JSON.stringify(jobs)}::text::json, ${at})`;
  const refusals: Refusal[] = group.map(() => null);
  for (const { n, refusal } of refused) refusals[n] = refusal;
  return refusals;
}

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
