import type { Db } from "../database.ts";
import { datesOf } from "./financial-year.ts";

/** What a service may send for nothing in a financial year. */
export interface Allowance {
  /** Fragments, by their multipliers. */
  freeFragments: number;
  year: number;
}

/** So many chargeable fragments in a year, and the next has none for nothing. */
const highVolume = 300_000;

/**
 * Gives services that are active their allowance for a financial year, those that have none: nothing where they sent
 * very much the year before; else what was arranged for that year; else what their kind of organisation gets. Answers
 * how many were given one.
 */
export async function populateAllowances(
  db: Db,
  year: number,
  whose: { serviceId?: string; alsoInactive?: true } = {},
): Promise<number> {
  const { first, last } = datesOf(year - 1);
  const { count } = await db`
    with candidate as (
      select s.id, coalesce(s.organisation_type, 'other') as kind from services s
      where ${whose.serviceId === undefined ? db`(s.active or ${whose.alsoInactive ?? false})` : db`s.id = ${whose.serviceId}`}
        and not exists (
          select from annual_billing a where a.service_id = s.id and a.financial_year_start = ${year})
    ), used as (
      select f.service_id from ft_billing f
      where f.service_id in (select id from candidate) and f.bst_date between ${first} and ${last}
        and f.notification_type = 'sms'
      group by f.service_id having sum(f.billable_units * f.rate_multiplier) >= ${highVolume}
    )
    insert into annual_billing (service_id, financial_year_start, free_sms_fragment_limit,
      high_volume_service_last_year, has_custom_allowance)
    select c.id, ${year},
      case when u.service_id is not null then 0
        when before.has_custom_allowance then before.free_sms_fragment_limit
        else coalesce(${defaultOf(db, db`c.kind`, year)}, ${defaultOf(db, db`'other'::text`, year)}, 0) end,
      u.service_id is not null,
      u.service_id is null and coalesce(before.has_custom_allowance, false)
    from candidate c
      left join used u on u.service_id = c.id
      left join annual_billing before on before.service_id = c.id and before.financial_year_start = ${year - 1}
    on conflict (service_id, financial_year_start) do nothing`;
  return count;
}

/** How many active services have no allowance for a financial year. */
export async function countWithoutAllowance(db: Db, year: number): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select count(*)::int as count from services s
    where s.active and not exists (
      select from annual_billing a where a.service_id = s.id and a.financial_year_start = ${year})`;
  return row?.count ?? 0;
}

/** The newest default that had begun by the year, an example only where there is no other. */
function defaultOf(db: Db, kind: ReturnType<Db>, year: number) {
  return db`(
    select d.allowance from default_annual_allowance d
    where d.notification_type = 'sms' and d.organisation_type = ${kind}
      and d.valid_from_financial_year_start <= ${year}
    order by d.example, d.valid_from_financial_year_start desc limit 1)`;
}

/** A service's allowance for a year, given now where it has none; null where there is no such service. */
export async function findAllowance(db: Db, serviceId: string, year: number): Promise<Allowance | null> {
  const [known] = await select(db, serviceId, year);
  if (known) return known;
  await populateAllowances(db, year, { serviceId });
  const [given] = await select(db, serviceId, year);
  return given ?? null;
}

function select(db: Db, serviceId: string, year: number) {
  return db<Allowance[]>`
    select free_sms_fragment_limit::float8 as "freeFragments", financial_year_start as year
    from annual_billing where service_id = ${serviceId} and financial_year_start = ${year}`;
}

/**
 * Arranges a service's allowance for a year and, unless the year is over, for the years after it that it has one for.
 * What differs from what its kind of organisation gets is its own, and is kept the year after.
 */
export async function setAllowance(
  db: Db,
  { serviceId, year, freeFragments }: Allowance & { serviceId: string },
  currentYear: number,
): Promise<void> {
  await populateAllowances(db, year, { serviceId });
  await db`
    update annual_billing a set free_sms_fragment_limit = ${freeFragments}, updated_at = now(),
      has_custom_allowance = ${freeFragments} is distinct from coalesce(
        (select ${defaultOf(db, db`coalesce(s.organisation_type, 'other')`, year)}
          from services s where s.id = ${serviceId}), -1)
    where a.service_id = ${serviceId}
      and (a.financial_year_start = ${year}
        or (${year >= currentYear} and a.financial_year_start > ${year}))`;
}
