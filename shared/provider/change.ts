import type { Db, Pool } from "../database.ts";
import { type ProviderSummary, summary } from "./queries.ts";

/** A provider while nobody else can change it. */
export interface LockedProvider {
  name: string;
  channel: string;
  priority: number;
  active: boolean;
  /** Since its last change, by the database's clock; null where it was never changed. */
  unchangedSeconds: number | null;
}

export interface ProviderChange {
  name: string;
  /** Null: as it is. */
  priority: number | null;
  /** Null: as it is. */
  active: boolean | null;
  reason: string | null;
  /** A user's id; null where no user asked for it. */
  createdBy: string | null;
}

/**
 * The one way in which providers change. `decide` sees all of them, locked: of several that decide at the same time,
 * each sees what those before it did. Answers with those that changed, by name; a change of a provider that is not
 * there is none.
 */
export async function changeProviders(
  sql: Pool,
  decide: (providers: readonly LockedProvider[]) => readonly ProviderChange[],
): Promise<ProviderSummary[]> {
  return await sql.begin(async (transaction) => {
    const changes = decide(await lockProviders(transaction));
    return changes.length > 0 ? await write(transaction, changes) : [];
  });
}

/** In the order of their names, so that two never wait for each other. */
async function lockProviders(db: Db): Promise<LockedProvider[]> {
  return await db<LockedProvider[]>`
    select identifier as name, notification_type as channel, priority, active,
      extract(epoch from clock_timestamp() - updated_at)::float8 as "unchangedSeconds"
    from provider_details order by identifier for update`;
}

/** A trigger counts the version, notes the time and keeps a copy. */
async function write(db: Db, changes: readonly ProviderChange[]): Promise<ProviderSummary[]> {
  return await db<ProviderSummary[]>`
    with changed as (
      update provider_details p set priority = coalesce(c.priority, p.priority),
        active = coalesce(c.active, p.active), reason = c.reason, created_by_id = c."createdBy"
      from json_to_recordset(${JSON.stringify(changes)}::text::json)
        as c (name text, priority integer, active boolean, reason text, "createdBy" uuid)
      where p.identifier = c.name
      returning ${summary(db)}
    )
    select * from changed order by name`;
}
