import type { Pool } from "../../shared/database.ts";
import type { Channel, Status } from "../../shared/notification/notification.ts";

/** What counting goes by of a notification. */
export interface Happened {
  serviceId: string;
  channel?: Channel;
  keyType?: "normal" | "team" | "test";
  status?: Status;
  createdAt: Date;
  sentAt?: Date | null;
  sentBy?: string | null;
  updatedAt?: Date | null;
}

/** Stores notifications, or what has become of those of the same ids since; the ids are made up where none are given. */
export async function storeHappened(
  sql: Pool,
  facts: readonly (Happened & { id?: string })[],
): Promise<void> {
  const rows = facts.map(({ id = crypto.randomUUID(), ...one }) => {
    const { channel = "sms", keyType = "normal", sentAt = null } = one;
    const { status = sentAt ? "sending" : "created", sentBy = sentAt && "mmg", updatedAt = sentAt } = one;
    return { ...one, id, channel, keyType, status, sentAt, sentBy, updatedAt };
  });
  await sql`
    insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
      recipient, created_at, sent_at, sent_by, updated_at)
    select id, "serviceId", "serviceId", 1, "keyType", channel, status, '07700900123', "createdAt", "sentAt", "sentBy",
      "updatedAt"
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as r (id uuid, "serviceId" uuid, "keyType" text, channel text, status text, "createdAt" timestamptz,
        "sentAt" timestamptz, "sentBy" text, "updatedAt" timestamptz)
    on conflict (id) do update
      set status = excluded.status, sent_at = excluded.sent_at, sent_by = excluded.sent_by, updated_at = excluded.updated_at`;
}

/** Forgets all that was stored and counted. */
export async function emptyTraffic(sql: Pool): Promise<void> {
  await sql`truncate notifications, traffic, traffic_providers`;
  await sql`update traffic_progress set counted_until = null, recount_from = null`;
}

/** As if counting had come to an instant. */
export async function countedUntil(sql: Pool, at: Date | string): Promise<void> {
  await sql`update traffic_progress set counted_until = ${new Date(at)}, recount_from = null`;
}

/** What is kept of steps of a length, as `13:05 SERVICE sms 3 2 1 0`: accepted, sent, delivered, failed; in order. */
export async function keptSteps(sql: Pool, stepSeconds: number): Promise<string[]> {
  const rows = await sql<{ line: string }[]>`
    select concat_ws(' ', to_char(at, 'MM-DD HH24:MI'), service_id, channel, case when is_test then 'test' end, accepted,
      sent, delivered, failed) as line
    from traffic where step_seconds = ${stepSeconds}`;
  return rows.map(({ line }) => line).sort();
}
