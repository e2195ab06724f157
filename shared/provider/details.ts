import type { Db } from "../database.ts";
import { londonDate } from "../time/london.ts";

/** A provider as operators' programs see it. */
export interface ProviderObject {
  id: string;
  identifier: string;
  displayName: string;
  channel: string;
  priority: number;
  active: boolean;
  supportsInternational: boolean;
  version: number;
  createdByName: string | null;
  updatedAt: Date | null;
  /** Fragments of texts since the month began in London, by their multipliers. */
  monthsFragments: number;
}

/** By what they carry and their names, or the one of an id. */
export async function listProviderObjects(
  db: Db,
  { id = null, now }: { id?: string | null; now: Date },
): Promise<ProviderObject[]> {
  const monthBegan = `${londonDate(now).slice(0, 8)}01`;
  return await db<ProviderObject[]>`
    select p.id, p.identifier, p.display_name as "displayName", p.notification_type as channel, p.priority, p.active,
      p.supports_international as "supportsInternational", p.version, u.name as "createdByName",
      p.updated_at as "updatedAt",
      (select coalesce(sum(f.billable_units * f.rate_multiplier), 0)::float8 from ft_billing f
        where f.bst_date >= ${monthBegan}::date and f.notification_type = 'sms' and f.provider = p.identifier)
        as "monthsFragments"
    from provider_details p left join users u on u.id = p.created_by_id
    where ${id}::uuid is null or p.id = ${id}::uuid
    order by p.notification_type, p.identifier`;
}
