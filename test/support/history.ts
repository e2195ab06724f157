import type { Pool } from "../../shared/database.ts";
import { moveToHistory } from "../../shared/retention/delete.ts";

/** Deletes notifications as they are once they are too old; what is not of a test key is in the history then. */
export async function forget(sql: Pool, ...ids: readonly string[]): Promise<void> {
  await moveToHistory(sql, ids, new Date());
}

export interface HistoryRow {
  id: string;
  status: string;
  keyType: string;
  channel: string;
  clientReference: string | null;
  reference: string | null;
  billableUnits: number;
  createdAt: Date;
  sentAt: Date | null;
  sentBy: string | null;
  updatedAt: Date | null;
}

/** What is left of notifications, by id. */
export async function historyOf(sql: Pool, ids: readonly string[]): Promise<Map<string, HistoryRow>> {
  const rows = await sql<HistoryRow[]>`
    select id, status, key_type as "keyType", notification_type as channel, client_reference as "clientReference",
      reference, billable_units as "billableUnits", created_at as "createdAt", sent_at as "sentAt",
      sent_by as "sentBy", updated_at as "updatedAt"
    from notification_history where id = any(${[...ids]}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row]));
}

/** Which of these are live. */
export async function liveOf(sql: Pool, ids: readonly string[]): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select id from notifications where id = any(${[...ids]}::uuid[])`;
  const live = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => live.has(id));
}
