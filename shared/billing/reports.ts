import type { Db } from "../database.ts";
import { populateAllowances } from "./allowance.ts";
import { financialYearOf } from "./financial-year.ts";
import { pricedTexts } from "./usage.ts";

/* What all services together sent and owe, for operators; from the facts of whole London days. */

/** Both dates are in. */
export interface Range {
  first: string;
  last: string;
}

export interface DailyVolumes {
  day: string;
  texts: number;
  fragments: number;
  chargeable: number;
  emails: number;
  letters: number;
  sheets: number;
}

export async function listDailyVolumes(db: Db, { first, last }: Range): Promise<DailyVolumes[]> {
  return await db<DailyVolumes[]>`
    select bst_date::text as day, ${volumes(db)}
    from ft_billing where bst_date between ${first} and ${last}
    group by bst_date order by bst_date`;
}

function volumes(db: Db) {
  return db`
    coalesce(sum(notifications_sent) filter (where notification_type = 'sms'), 0)::float8 as texts,
    coalesce(sum(billable_units) filter (where notification_type = 'sms'), 0)::float8 as fragments,
    coalesce(sum(billable_units * rate_multiplier) filter (where notification_type = 'sms'), 0)::float8 as chargeable,
    coalesce(sum(notifications_sent) filter (where notification_type = 'email'), 0)::float8 as emails,
    coalesce(sum(notifications_sent) filter (where notification_type = 'letter'), 0)::float8 as letters,
    coalesce(sum(billable_units) filter (where notification_type = 'letter'), 0)::float8 as sheets`;
}

export interface ProviderVolumes {
  day: string;
  provider: string;
  texts: number;
  fragments: number;
  chargeable: number;
  /** Nothing of it free. */
  cost: number;
}

export async function listProviderVolumes(db: Db, { first, last }: Range): Promise<ProviderVolumes[]> {
  return await db<ProviderVolumes[]>`
    select bst_date::text as day, provider, sum(notifications_sent)::float8 as texts,
      sum(billable_units)::float8 as fragments, sum(billable_units * rate_multiplier)::float8 as chargeable,
      sum(billable_units * rate_multiplier * rate)::float8 as cost
    from ft_billing where notification_type = 'sms' and bst_date between ${first} and ${last}
    group by bst_date, provider order by bst_date, provider`;
}

export interface ServiceVolumes extends Omit<DailyVolumes, "day"> {
  serviceId: string;
  serviceName: string;
  /** Fragments in the year of the last date. */
  freeAllowance: number;
  letterCost: number;
}

/** Of active services, by name, those that sent nothing too. */
export async function listServiceVolumes(db: Db, { first, last }: Range): Promise<ServiceVolumes[]> {
  return await db<ServiceVolumes[]>`
    select s.id as "serviceId", s.name as "serviceName",
      coalesce((
        select a.free_sms_fragment_limit from annual_billing a
        where a.service_id = s.id and a.financial_year_start = ${financialYearOf(last)}), 0)::float8
        as "freeAllowance",
      coalesce(v.texts, 0) as texts, coalesce(v.fragments, 0) as fragments, coalesce(v.chargeable, 0) as chargeable,
      coalesce(v.emails, 0) as emails, coalesce(v.letters, 0) as letters, coalesce(v.sheets, 0) as sheets,
      coalesce(v.letter_cost, 0) as "letterCost"
    from services s
      left join (
        select service_id, ${volumes(db)},
          sum(notifications_sent * rate) filter (where notification_type = 'letter')::float8 as letter_cost
        from ft_billing where bst_date between ${first} and ${last} group by service_id
      ) as v on v.service_id = s.id
    where s.active and not s.restricted
    order by s.name, s.id`;
}

export interface ServiceBill {
  serviceId: string;
  serviceName: string;
  textCost: number;
  /** Fragments by their multipliers that were not free. */
  chargedFragments: number;
  letters: number;
  letterCost: number;
  /** Whom to bill and how, empty where nobody said. */
  purchaseOrder: string;
  contacts: string;
  contactAddresses: string;
  reference: string;
  /** Letters by postage and what one cost. */
  lines: readonly { postage: string; rate: number; letters: number }[];
}

/**
 * What services owe for some days of one financial year, those that owe something, by name. What was sent earlier in
 * the year has used up what is free.
 */
export async function listServiceBills(db: Db, { first, last }: Range): Promise<ServiceBill[]> {
  await populateAllowances(db, financialYearOf(last), { alsoInactive: true });
  return await db<ServiceBill[]>`
    select s.id as "serviceId", s.name as "serviceName", coalesce(t.cost, 0)::float8 as "textCost",
      coalesce(t.charged, 0)::float8 as "chargedFragments", coalesce(l.letters, 0)::float8 as letters,
      coalesce(l.cost, 0)::float8 as "letterCost", coalesce(l.lines, '[]'::json) as lines,
      coalesce(s.purchase_order_number, '') as "purchaseOrder", coalesce(s.billing_contact_names, '') as contacts,
      coalesce(s.billing_contact_email_addresses, '') as "contactAddresses",
      coalesce(s.billing_reference, '') as reference
    from services s
      left join (
        select service_id, sum(charged) as charged, sum(charged * rate) as cost
        from (${pricedTexts(db, { serviceId: null, last })}) as texts
        where bst_date >= ${first}
        group by service_id
      ) as t on t.service_id = s.id
      left join (
        select service_id, sum(sent) as letters, sum(sent * rate) as cost,
          json_agg(json_build_object('postage', postage, 'rate', rate::float8, 'letters', sent)
            order by postage, rate) as lines
        from (
          select service_id, postage, rate, sum(notifications_sent) as sent from ft_billing
          where notification_type = 'letter' and bst_date between ${first} and ${last}
          group by service_id, postage, rate
        ) as line
        group by service_id
      ) as l on l.service_id = s.id
    where t.cost > 0 or l.letters > 0
    order by s.name, s.id`;
}
