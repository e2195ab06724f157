import type { Db } from "../database.ts";

/** How far back failed sends are counted. */
const windowSeconds = 60;

export interface Failures {
  name: string;
  /** Failed sends of the last minute, over all workers. */
  failures: number;
}

/**
 * Adds failed sends, by provider, to the second it is and answers with how many there were in the last minute, of
 * those providers alone.
 */
export async function countFailures(db: Db, counts: ReadonlyMap<string, number>): Promise<Failures[]> {
  // In one order, as other workers add to the same rows.
  const rows = [...counts].map(([name, failures]) => ({ name, failures })).sort(byName);
  return await db<Failures[]>`
    with counted as (
      insert into provider_failures as f (identifier, slot, second, failures)
      select c.name, extract(epoch from date_trunc('second', now()))::bigint % ${windowSeconds}::int,
        date_trunc('second', now()), c.failures
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as c (name text, failures integer)
      on conflict (identifier, slot) do update set second = excluded.second,
        failures = excluded.failures + case when f.second = excluded.second then f.failures else 0 end
      returning f.identifier, f.slot, f.failures
    )
    select c.identifier as name, (c.failures + coalesce((
      select sum(f.failures) from provider_failures f
      where f.identifier = c.identifier and f.slot <> c.slot
        and f.second > now() - ${windowSeconds} * interval '1s'
    ), 0))::int as failures
    from counted c`;
}

function byName(a: Failures, b: Failures): number {
  return a.name < b.name ? -1 : 1;
}
