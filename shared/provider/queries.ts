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
    select ${summary(db)} from provider_details p order by notification_type, identifier`;
}

/** The columns of a `ProviderSummary`, of providers `p`. */
export function summary(db: Db) {
  return db`p.identifier as name, p.notification_type as channel, p.priority, p.active,
    p.supports_international as international, p.version, p.reason, p.updated_at as "updatedAt"`;
}

/** What a provider was from one change to the next. */
export interface ProviderVersion {
  version: number;
  priority: number;
  active: boolean;
  international: boolean;
  reason: string | null;
  /** A user's name; null where no user asked for it. */
  createdBy: string | null;
  /** When it became so; null for what it was at first. */
  updatedAt: Date | null;
}

/** The newest hundred, newest first; empty where there is no such provider. */
export async function listProviderVersions(db: Db, name: string): Promise<ProviderVersion[]> {
  return await db<ProviderVersion[]>`
    select h.version, h.priority, h.active, h.supports_international as international, h.reason,
      u.name as "createdBy", h.updated_at as "updatedAt"
    from provider_details_history h left join users u on u.id = h.created_by_id
    where h.identifier = ${name} order by h.version desc limit 100`;
}
