import type { Db } from "../database.ts";
import type { ProviderDetails } from "./choose.ts";

export async function listActiveProviders(db: Db, channel: string): Promise<ProviderDetails[]> {
  return await db<ProviderDetails[]>`
    select identifier as name, priority, supports_international as "supportsInternational"
    from provider_details where notification_type = ${channel} and active order by identifier`;
}

/** A provider as operators see it. */
export interface ProviderSummary {
  name: string;
  channel: string;
  priority: number;
  active: boolean;
  international: boolean;
  version: number;
  /** Why it was last changed. */
  reason: string | null;
  updatedAt: Date | null;
}

export async function listProviders(db: Db): Promise<ProviderSummary[]> {
  return await db<ProviderSummary[]>`
    select ${summary(db)} from provider_details order by notification_type, identifier`;
}

/** Changes what is not null; null where there is no such provider. */
export async function changeProvider(
  db: Db,
  {
    name,
    priority,
    active,
    reason,
  }: {
    name: string;
    priority: number | null;
    active: boolean | null;
    reason: string | null;
  },
): Promise<ProviderSummary | null> {
  const [row] = await db<ProviderSummary[]>`
    update provider_details set priority = coalesce(${priority}::integer, priority),
      active = coalesce(${active}::boolean, active), reason = ${reason}, version = version + 1, updated_at = now()
    where identifier = ${name}
    returning ${summary(db)}`;
  return row ?? null;
}

function summary(db: Db) {
  return db`identifier as name, notification_type as channel, priority, active,
    supports_international as international, version, reason, updated_at as "updatedAt"`;
}
