import type { Db } from "../database.ts";
import { spanOf } from "../facts/days.ts";
import type { Channel } from "../notification/notification.ts";
import { londonMidnight } from "../time/london.ts";
import { type CountQuery, countedMessages, findLiveDay } from "./counts.ts";

export interface TemplateCount {
  templateId: string;
  name: string;
  type: Channel;
  precompiled: boolean;
  status: string;
  count: number;
}

/** A service's messages by template and status, without test keys. */
export async function countTemplates(db: Db, query: CountQuery): Promise<TemplateCount[]> {
  const liveDay = await findLiveDay(db, query.today);
  return await db<TemplateCount[]>`
    select t.id as "templateId", t.name, t.template_type as type, ${isPrecompiled(db)} as precompiled, m.status,
      sum(m.count)::float8 as count
    from (${countedMessages(db, query, liveDay)}) as m join templates t on t.id = m.template_id
    where m.key_type <> 'test'
    group by t.id, m.status order by t.name, t.id, m.status`;
}

export interface MonthlyTemplateCount extends Omit<TemplateCount, "status"> {
  /** `2026-04`. */
  month: string;
}

/** By London month, without test keys and what was cancelled. */
export async function countMonthlyTemplates(db: Db, query: CountQuery): Promise<MonthlyTemplateCount[]> {
  const liveDay = await findLiveDay(db, query.today);
  return await db<MonthlyTemplateCount[]>`
    select to_char(m.bst_date, 'YYYY-MM') as month, t.id as "templateId", t.name, t.template_type as type,
      ${isPrecompiled(db)} as precompiled, sum(m.count)::float8 as count
    from (${countedMessages(db, query, liveDay)}) as m join templates t on t.id = m.template_id
    where m.key_type <> 'test' and m.status <> 'cancelled'
    group by 1, t.id order by 1, t.name, t.id`;
}

function isPrecompiled(db: Db) {
  return db`(t.hidden and t.template_type = 'letter' and t.name = 'Pre-compiled PDF')`;
}

/**
 * When a service last sent with a template, test keys aside: null where it never did, `none` where it has no such
 * template. Where the message itself is gone, the beginning of its day.
 */
export async function findLastUse(
  db: Db,
  { serviceId, templateId, today }: { serviceId: string; templateId: string; today: string },
): Promise<Date | null | "none"> {
  const [template] = await db`
    select from templates where id = ${templateId} and service_id = ${serviceId}`;
  if (!template) return "none";
  const liveFrom = londonMidnight(await findLiveDay(db, today));
  const [live] = await lastOf(db`created_at >= ${liveFrom}`);
  if (live?.at) return live.at;
  const [fact] = await db<{ day: string | null }[]>`
    select max(bst_date)::text as day from ft_notification_status
    where template_id = ${templateId} and service_id = ${serviceId}`;
  if (!fact?.day) return null;
  const { from, to } = spanOf(fact.day);
  const [counted] = await lastOf(db`created_at >= ${from} and created_at < ${to}`);
  return counted?.at ?? from;

  function lastOf(within: ReturnType<Db>) {
    return db<{ at: Date | null }[]>`
      select max(created_at) as at from (
        select template_id, key_type, created_at from notifications where service_id = ${serviceId} and ${within}
        union all
        select template_id, key_type, created_at from notification_history
        where service_id = ${serviceId} and ${within}
      ) as m
      where template_id = ${templateId} and key_type <> 'test'`;
  }
}
