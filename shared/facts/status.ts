import type { Db, Pool } from "../database.ts";
import type { Channel } from "../notification/notification.ts";
import { type Span, spanOf } from "./days.ts";
import { lockFacts, type ServiceDay } from "./service-day.ts";
import { slicesOf } from "./slices.ts";

interface Counted {
  templateId: string;
  jobId: string;
  type: Channel;
  keyType: string;
  status: string;
  count: number;
}

/**
 * Counts what became of a service's messages of a London day, in place of what was counted before. Test keys' are not
 * counted. Whoever counts the same at once waits.
 */
export async function replaceStatuses(sql: Pool, { serviceId, day, types }: ServiceDay): Promise<void> {
  await sql.begin(async (tx) => {
    await lockFacts(tx, "status", serviceId, day);
    const facts = new Map<string, Counted>();
    for await (const slice of slicesOf(tx, serviceId, spanOf(day))) {
      for (const counted of await countSlice(tx, serviceId, types, slice)) addTo(facts, counted);
    }
    await tx`
      delete from ft_notification_status
      where service_id = ${serviceId} and bst_date = ${day} and notification_type = any(${[...types]}::text[])`;
    await insertFacts(tx, serviceId, day, [...facts.values()]);
  });
}

async function countSlice(
  db: Db,
  serviceId: string,
  types: readonly Channel[],
  { from, to }: Span,
): Promise<Counted[]> {
  const rows = (table: string) => db`
    select template_id, job_id, notification_type, key_type, status from ${db(table)}
    where service_id = ${serviceId} and created_at >= ${from} and created_at < ${to}
      and key_type in ('normal', 'team') and notification_type = any(${[...types]}::text[])`;
  return await db<Counted[]>`
    select template_id as "templateId", coalesce(job_id, '00000000-0000-0000-0000-000000000000') as "jobId",
      notification_type as type, key_type as "keyType", status, count(*)::float8 as count
    from (${rows("notifications")} union all ${rows("notification_history")}) as m
    group by 1, 2, 3, 4, 5`;
}

function addTo(facts: Map<string, Counted>, counted: Counted): void {
  const { templateId, jobId, type, keyType, status, count } = counted;
  const key = [templateId, jobId, type, keyType, status].join();
  const known = facts.get(key);
  if (known) known.count += count;
  else facts.set(key, counted);
}

async function insertFacts(db: Db, serviceId: string, day: string, facts: readonly Counted[]): Promise<void> {
  if (facts.length === 0) return;
  await db`
    insert into ft_notification_status (bst_date, template_id, service_id, job_id, notification_type, key_type,
      notification_status, notification_count)
    select ${day}, f."templateId", ${serviceId}, f."jobId", f.type, f."keyType", f.status, f.count
    from json_to_recordset(${JSON.stringify(facts)}::text::json) as f ("templateId" uuid, "jobId" uuid, type text,
      "keyType" text, status text, count bigint)`;
}
