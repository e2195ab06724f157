import type { Db } from "../database.ts";
import type { Channel } from "../notification/notification.ts";
import { type FactKind, spanOf } from "./days.ts";

/** What one service sent on one London day. */
export interface ServiceDay {
  serviceId: string;
  day: string;
  types: readonly Channel[];
}

/** Makes those who count the same take turns until the transaction ends: the later one sees more. */
export async function lockFacts(db: Db, kind: FactKind, serviceId: string, day: string): Promise<void> {
  await db`select pg_advisory_xact_lock(hashtextextended(${`facts ${kind} ${serviceId} ${day}`}, 0))`;
}

const tables = { billing: "ft_billing", status: "ft_notification_status" } as const;

/** The services that have messages of a day, live or in history, or facts that may have to go. */
export async function listServicesOf(
  db: Db,
  kind: FactKind,
  { day, types }: Pick<ServiceDay, "day" | "types">,
): Promise<string[]> {
  const { from, to } = spanOf(day);
  const rows = await db<{ id: string }[]>`
    select s.id from services s
    where exists (
        select from notifications n where n.service_id = s.id and n.created_at >= ${from} and n.created_at < ${to})
      or exists (
        select from notification_history h
        where h.service_id = s.id and h.created_at >= ${from} and h.created_at < ${to})
      or exists (
        select from ${db(tables[kind])} f
        where f.service_id = s.id and f.bst_date = ${day} and f.notification_type = any(${[...types]}::text[]))
    order by s.id`;
  return rows.map(({ id }) => id);
}
