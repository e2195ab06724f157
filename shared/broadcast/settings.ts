import type { Pool } from "../database.ts";
import type { BroadcastChannel, Network } from "./broadcast.ts";

export interface BroadcastSettings {
  serviceId: string;
  mode: "training" | "live";
  channel: BroadcastChannel;
  provider: Network | "all";
  at: Date;
}

/** All services that send alerts belong to it (`spec/broadcasts.md` 1.1). */
const broadcastOrganisation = "38e4bf69-93b0-445d-acee-53ea53fe02df";

/**
 * Makes a service one that sends alerts and nothing else, in one transaction; safe to repeat. Its people keep only what
 * lets them look on, and its keys end: one of training must not become one that sends. False where there is no such
 * service.
 */
export async function setAsBroadcastService(
  sql: Pool,
  { serviceId, mode, channel, provider, at }: BroadcastSettings,
): Promise<boolean> {
  const restricted = mode === "training";
  return await sql.begin(async (tx) => {
    const [service] = await tx`
      update services set restricted = ${restricted}, count_as_live = false, organisation_id = ${broadcastOrganisation},
        go_live_at = case when ${restricted} then null when restricted then ${at}::timestamptz else go_live_at end,
        updated_at = ${at}
      where id = ${serviceId}
      returning id`;
    if (!service) return false;
    await tx`
      insert into service_broadcast_settings as s (service_id, channel, provider, created_at)
      values (${serviceId}, ${channel}, ${provider}, ${at})
      on conflict (service_id) do update
        set channel = excluded.channel, provider = excluded.provider, updated_at = ${at}`;
    await tx`
      insert into service_broadcast_settings_history (service_id, version, mode, channel, provider, created_at)
      select ${serviceId}, coalesce(max(version), 0) + 1, ${mode}, ${channel}, ${provider}, ${at}
      from service_broadcast_settings_history where service_id = ${serviceId}`;
    await tx`
      delete from service_permissions
      where service_id = ${serviceId} and permission not in ('broadcast', 'email_auth')`;
    await tx`
      insert into service_permissions (service_id, permission)
      values (${serviceId}, 'broadcast'), (${serviceId}, 'email_auth') on conflict do nothing`;
    await tx`delete from permissions where service_id = ${serviceId} and permission <> 'view_activity'`;
    await tx`
      insert into permissions (service_id, user_id, permission)
      select ${serviceId}, user_id, 'view_activity' from user_to_service where service_id = ${serviceId}
      on conflict do nothing`;
    await tx`
      update api_keys set expiry_date = ${at}, updated_at = ${at}
      where service_id = ${serviceId} and expiry_date is null`;
    return true;
  });
}

/** What operators' programs are shown of a service that sends alerts. */
export interface BroadcastService {
  id: string;
  name: string;
  active: boolean;
  restricted: boolean;
  countAsLive: boolean;
  goLiveAt: Date | null;
  organisationId: string | null;
  permissions: string[];
  channel: BroadcastChannel | null;
  provider: Network | "all" | null;
}

/** Null where there is no such service. */
export async function findBroadcastService(sql: Pool, id: string): Promise<BroadcastService | null> {
  const [row] = await sql<BroadcastService[]>`
    select s.id, s.name, s.active, s.restricted, s.count_as_live as "countAsLive", s.go_live_at as "goLiveAt",
      s.organisation_id as "organisationId", b.channel, b.provider,
      array(select permission from service_permissions p where p.service_id = s.id order by permission) as permissions
    from services s left join service_broadcast_settings b on b.service_id = s.id
    where s.id = ${id}`;
  return row ?? null;
}
