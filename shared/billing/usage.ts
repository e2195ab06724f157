import type { Db } from "../database.ts";
import { datesOf, financialYearOf } from "./financial-year.ts";

/** What a service used, of what is priced alike. */
export interface Usage {
  type: "sms" | "email" | "letter";
  /** Pounds for one. */
  rate: number;
  sent: number;
  /** Fragments by their multipliers; letters; no email. */
  chargeable: number;
  /** Those of them that were not free. */
  charged: number;
  free: number;
  cost: number;
}

export interface MonthlyUsage extends Usage {
  /** `2026-04`, in London. */
  month: string;
  postage: string;
}

/**
 * A day's texts of each service and rate, with how much of them is charged: what is free is used up by days, and within
 * a day by the cheaper first (`spec/admin-api.md` 4.7). Of whole financial years, or the beginning of one.
 */
export function pricedTexts(
  db: Db,
  { serviceId, last }: { serviceId: string | null /** A London date. */; last: string },
) {
  const year = financialYearOf(last);
  return db`
    select d.*, greatest(0, least(d.chargeable, sum(d.chargeable) over so_far - coalesce(a.free_sms_fragment_limit, 0)))
      as charged
    from (
        select service_id, bst_date, rate, sum(notifications_sent) as sent,
          sum(billable_units * rate_multiplier) as chargeable
        from ft_billing
        where notification_type = 'sms' and bst_date between ${datesOf(year).first} and ${last}
          ${serviceId === null ? db`` : db`and service_id = ${serviceId}`}
        group by service_id, bst_date, rate
      ) as d
      left join annual_billing a on a.service_id = d.service_id and a.financial_year_start = ${year}
    window so_far as (partition by d.service_id order by d.bst_date, d.rate rows unbounded preceding)`;
}

/** Without emails, which cost nothing; by month, then type, rate and postage. */
export async function listMonthlyUsage(db: Db, serviceId: string, year: number): Promise<MonthlyUsage[]> {
  const { first, last } = datesOf(year);
  const rows = await db<MonthlyUsage[]>`
    select to_char(bst_date, 'YYYY-MM') as month, 'sms' as type, rate::float8 as rate, 'none' as postage,
      sum(sent)::float8 as sent, sum(chargeable)::float8 as chargeable, sum(charged)::float8 as charged,
      sum(chargeable - charged)::float8 as free, sum(charged * rate)::float8 as cost
    from (${pricedTexts(db, { serviceId, last })}) as texts
    group by 1, 3
    union all
    select to_char(bst_date, 'YYYY-MM'), 'letter', rate::float8, postage, sum(notifications_sent)::float8,
      sum(notifications_sent)::float8, sum(notifications_sent)::float8, 0, sum(notifications_sent * rate)::float8
    from ft_billing
    where service_id = ${serviceId} and notification_type = 'letter' and bst_date between ${first} and ${last}
    group by 1, 3, 4
    order by month, type, rate, postage`;
  return [...rows];
}

/** By type and rate. */
export async function listYearlyUsage(db: Db, serviceId: string, year: number): Promise<Usage[]> {
  const { first, last } = datesOf(year);
  const rows = await db<Usage[]>`
    select 'sms' as type, rate::float8 as rate, sum(sent)::float8 as sent, sum(chargeable)::float8 as chargeable,
      sum(charged)::float8 as charged, sum(chargeable - charged)::float8 as free,
      sum(charged * rate)::float8 as cost
    from (${pricedTexts(db, { serviceId, last })}) as texts
    group by 2
    union all
    select notification_type, rate::float8, sum(notifications_sent)::float8,
      sum(case notification_type when 'letter' then notifications_sent else 0 end)::float8,
      sum(case notification_type when 'letter' then notifications_sent else 0 end)::float8, 0,
      sum(notifications_sent * rate)::float8
    from ft_billing
    where service_id = ${serviceId} and notification_type <> 'sms' and bst_date between ${first} and ${last}
    group by 1, 2
    order by type, rate`;
  return [...rows];
}

/** How many of some types were sent on some London days, both ends in. */
export async function countSent(
  db: Db,
  serviceId: string,
  { first, last }: { first: string; last: string },
  types: readonly string[],
): Promise<number> {
  const [row] = await db<{ sent: number }[]>`
    select coalesce(sum(notifications_sent), 0)::float8 as sent from ft_billing
    where service_id = ${serviceId} and bst_date between ${first} and ${last}
      and notification_type = any(${[...types]}::text[])`;
  return row?.sent ?? 0;
}
