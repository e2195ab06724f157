import type { Db } from "../database.ts";
import type { Channel } from "../notification/notification.ts";
import type { Retention } from "./days.ts";

/** Names a service's choice by its own id or by what it is for. */
export type RetentionKey = { serviceId: string } & ({ id: string } | { type: Channel });

/** A service's choices, in the order of their types. */
export async function listRetention(db: Db, serviceId: string): Promise<Retention[]> {
  return await db<Retention[]>`
    select ${columns(db)} from service_data_retention r join services s on s.id = r.service_id
    where r.service_id = ${serviceId} order by r.notification_type`;
}

/** Null where the service has not chosen. */
export async function findRetention(db: Db, key: RetentionKey): Promise<Retention | null> {
  const [row] = await db<Retention[]>`
    select ${columns(db)} from service_data_retention r join services s on s.id = r.service_id
    where r.service_id = ${key.serviceId}
      and ${"id" in key ? db`r.id = ${key.id}` : db`r.notification_type = ${key.type}`}`;
  return row ?? null;
}

export interface NewRetention {
  id: string;
  serviceId: string;
  type: Channel;
  days: number;
  at: Date;
}

/** `taken`: the service has chosen for this type; `no-service`: there is none. */
export async function createRetention(
  db: Db,
  { id, serviceId, type, days, at }: NewRetention,
): Promise<Retention | "taken" | "no-service"> {
  const [row] = await db<(Retention & { isNew: boolean })[]>`
    with service as (
      select id, name from services where id = ${serviceId}
    ), stored as (
      insert into service_data_retention (id, service_id, notification_type, days_of_retention, created_at)
      select ${id}, id, ${type}, ${days}, ${at}::timestamptz from service
      on conflict (service_id, notification_type) do nothing
      returning id
    )
    select exists (select from stored) as "isNew", name as "serviceName" from service`;
  if (!row) return "no-service";
  if (!row.isNew) return "taken";
  return { id, serviceId, serviceName: row.serviceName, type, days, createdAt: at, updatedAt: null };
}

/** False where the service has no such choice. */
export async function changeRetention(
  db: Db,
  { serviceId, id, days, at }: { serviceId: string; id: string; days: number; at: Date },
): Promise<boolean> {
  const { count } = await db`
    update service_data_retention set days_of_retention = ${days}, updated_at = ${at}
    where id = ${id} and service_id = ${serviceId}`;
  return count === 1;
}

/** Chooses, whatever was chosen before. */
export async function setRetention(db: Db, { id, serviceId, type, days, at }: NewRetention): Promise<void> {
  await db`
    insert into service_data_retention (id, service_id, notification_type, days_of_retention, created_at)
    values (${id}, ${serviceId}, ${type}, ${days}, ${at})
    on conflict (service_id, notification_type)
      do update set days_of_retention = excluded.days_of_retention, updated_at = excluded.created_at`;
}

function columns(db: Db) {
  return db`r.id, r.service_id as "serviceId", s.name as "serviceName", r.notification_type as type,
    r.days_of_retention as days, r.created_at as "createdAt", r.updated_at as "updatedAt"`;
}
