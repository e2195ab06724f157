import { letterRateAt, type RateBook, smsRateAt } from "../billing/rate-book.ts";
import type { Db, Pool } from "../database.ts";
import type { Channel } from "../notification/notification.ts";
import { type Span, spanOf } from "./days.ts";
import { lockFacts, type ServiceDay } from "./service-day.ts";
import { slicesOf } from "./slices.ts";

/** Messages that are priced alike. */
interface Counted {
  templateId: string;
  type: Channel;
  provider: string;
  multiplier: number;
  international: boolean;
  postage: string;
  /** Of one letter; 0 for what is none. */
  sheets: number;
  /** Of all of them: fragments before the multiplier, or sheets; 0 for emails. */
  units: number;
  sent: number;
}

interface Fact extends Omit<Counted, "sheets"> {
  rate: number;
}

/**
 * Counts what a service sent on a London day and what it costs, in place of what was counted before: a message that
 * left the billable statuses leaves the facts, though Notify's stay (`spec/data-model.md` 11). Whoever counts the same
 * at once waits. Throws where no rate was in force at the day's beginning.
 */
export async function replaceBilling(
  sql: Pool,
  { serviceId, day, types }: ServiceDay,
  rates: RateBook,
): Promise<void> {
  await sql.begin(async (tx) => {
    await lockFacts(tx, "billing", serviceId, day);
    const facts = new Map<string, Fact>();
    for await (const slice of slicesOf(tx, serviceId, spanOf(day))) {
      for (const counted of await countSlice(tx, serviceId, types, slice)) {
        addTo(facts, price(counted, day, rates));
      }
    }
    await tx`
      delete from ft_billing
      where service_id = ${serviceId} and bst_date = ${day} and notification_type = any(${[...types]}::text[])`;
    await insertFacts(tx, serviceId, day, [...facts.values()]);
  });
}

/** Which statuses cost something (`spec/data-model.md` 2); a test key's never do. */
async function countSlice(
  db: Db,
  serviceId: string,
  types: readonly Channel[],
  { from, to }: Span,
): Promise<Counted[]> {
  const rows = (table: string) => db`
    select id, template_id, notification_type, status, sent_by, rate_multiplier, international, billable_units
    from ${db(table)}
    where service_id = ${serviceId} and created_at >= ${from} and created_at < ${to}
      and key_type in ('normal', 'team') and notification_type = any(${[...types]}::text[])`;
  return await db<Counted[]>`
    select m.template_id as "templateId", m.notification_type as type,
      case m.notification_type
        when 'letter' then 'dvla' when 'email' then coalesce(m.sent_by, 'ses') else coalesce(m.sent_by, 'unknown')
      end as provider,
      case m.notification_type when 'sms' then coalesce(m.rate_multiplier, 1) else 1 end::float8 as multiplier,
      m.international, coalesce(l.postage, 'none') as postage,
      case m.notification_type when 'letter' then m.billable_units else 0 end as sheets,
      sum(case m.notification_type when 'email' then 0 else m.billable_units end)::float8 as units,
      count(*)::float8 as sent
    from (${rows("notifications")} union all ${rows("notification_history")}) as m
      left join letters l on l.notification_id = m.id and m.notification_type = 'letter'
    where case m.notification_type
      when 'sms' then m.status in
        ('sending', 'sent', 'delivered', 'pending', 'temporary-failure', 'permanent-failure')
      when 'email' then m.status in ('sending', 'delivered', 'temporary-failure', 'permanent-failure')
      else m.status in ('sending', 'delivered', 'returned-letter') end
    group by 1, 2, 3, 4, 5, 6, 7`;
}

function price({ sheets, ...counted }: Counted, day: string, rates: RateBook): Fact {
  const at = spanOf(day).from;
  const { type, postage } = counted;
  const rate = rateOf();
  if (rate === null) throw new Error(`Cannot bill ${day}: there is no rate of ${type} for it (rates load)`);
  return { ...counted, rate };

  function rateOf(): number | null {
    if (type === "sms") return smsRateAt(rates, at);
    return type === "letter" ? letterRateAt(rates, { at, postage, sheets }) : 0;
  }
}

/** After pricing: letters of one and of two sheets may cost the same, and the key has no sheets. */
function addTo(facts: Map<string, Fact>, fact: Fact): void {
  const { templateId, type, provider, multiplier, international, rate, postage, units, sent } = fact;
  const key = [templateId, type, provider, multiplier, international, rate, postage].join();
  const known = facts.get(key);
  if (known) {
    known.units += units;
    known.sent += sent;
  } else facts.set(key, fact);
}

async function insertFacts(db: Db, serviceId: string, day: string, facts: readonly Fact[]): Promise<void> {
  if (facts.length === 0) return;
  await db`
    insert into ft_billing (bst_date, template_id, service_id, notification_type, provider, rate_multiplier,
      international, rate, postage, billable_units, notifications_sent)
    select ${day}, f."templateId", ${serviceId}, f.type, f.provider, f.multiplier, f.international, f.rate, f.postage,
      f.units, f.sent
    from json_to_recordset(${JSON.stringify(facts)}::text::json) as f ("templateId" uuid, type text, provider text,
      multiplier numeric, international boolean, rate numeric, postage text, units bigint, sent bigint)`;
}
