import type { Db } from "../database.ts";
import type { Areas, Broadcast } from "./broadcast.ts";

/** Null where the service has no such alert. */
export async function findBroadcast(db: Db, serviceId: string, id: string): Promise<Broadcast | null> {
  const [row] = await db<Broadcast[]>`
    ${select(db)} where b.id = ${id} and b.service_id = ${serviceId}`;
  return row ?? null;
}

/** The same, kept from changing until the transaction ends. */
export async function lockBroadcast(db: Db, serviceId: string, id: string): Promise<Broadcast | null> {
  const [row] = await db<Broadcast[]>`
    ${select(db)} where b.id = ${id} and b.service_id = ${serviceId} for update of b`;
  return row ?? null;
}

/** Those that can still be called off and have one of the references; kept from changing likewise. */
export async function lockBroadcastsToCancel(
  db: Db,
  serviceId: string,
  references: readonly string[],
): Promise<Broadcast[]> {
  return await db<Broadcast[]>`
    ${select(db)}
    where b.service_id = ${serviceId} and b.reference = any (${[...references]}::text[])
      and b.status in ('pending-approval', 'broadcasting')
    order by b.id for update of b`;
}

/** All of a service's, oldest first. */
export async function listBroadcasts(db: Db, serviceId: string): Promise<Broadcast[]> {
  return await db<Broadcast[]>`
    ${select(db)} where b.service_id = ${serviceId} order by b.created_at, b.id`;
}

function select(db: Db) {
  return db`
    select b.id, b.service_id as "serviceId", b.template_id as "templateId", b.template_version as "templateVersion",
      (select h.name from templates_history h where h.id = b.template_id and h.version = b.template_version)
        as "templateName",
      b.personalisation, b.content, b.areas, b.status, b.version, b.submitted_version as "submittedVersion",
      b.submitted_by_id as "submittedById", b.edited_version as "editedVersion", b.starts_at as "startsAt",
      b.finishes_at as "finishesAt", b.reference, b.cap_event as "capEvent", b.stubbed, b.channel, b.providers,
      b.created_at as "createdAt", b.approved_at as "approvedAt", b.cancelled_at as "cancelledAt",
      b.updated_at as "updatedAt", b.created_by_id as "createdById", b.approved_by_id as "approvedById",
      b.cancelled_by_id as "cancelledById"
    from broadcast_messages b`;
}

export interface NewBroadcast {
  id: string;
  serviceId: string;
  /** With the values it was filled in with, as JSON. */
  template: { id: string; version: number; personalisation: string } | null;
  content: string;
  areas: Areas;
  startsAt: Date | null;
  finishesAt: Date | null;
  reference: string | null;
  capEvent: string | null;
  status: "draft" | "pending-approval";
  /** A person, or a service's own program by its key. */
  createdBy: { userId: string } | { apiKeyId: string };
  at: Date;
}

/**
 * Stores an alert; whether it is ever to be sent is decided here, by the service's mode. `taken`: the service's program
 * gave another alert the same reference.
 */
export async function insertBroadcast(
  db: Db,
  { id, serviceId, template, content, areas, createdBy, at, ...rest }: NewBroadcast,
): Promise<"stored" | "taken" | "no-service"> {
  const userId = "userId" in createdBy ? createdBy.userId : null;
  const apiKeyId = "apiKeyId" in createdBy ? createdBy.apiKeyId : null;
  const [found] = await db<{ stored: boolean }[]>`
    with service as (select id, restricted from services where id = ${serviceId}),
    stored as (
      insert into broadcast_messages (id, service_id, template_id, template_version, personalisation, content, areas,
        status, submitted_version, starts_at, finishes_at, reference, cap_event, stubbed, created_at, created_by_id,
        created_by_api_key_id)
      select ${id}, service.id, ${template?.id ?? null}, ${template?.version ?? null},
        ${template?.personalisation ?? null}::text::jsonb, ${content},
        ${JSON.stringify(areas)}::text::jsonb, ${rest.status}, ${rest.status === "draft" ? null : 1}, ${rest.startsAt},
        ${rest.finishesAt}, ${rest.reference}, ${rest.capEvent}, service.restricted, ${at}, ${userId}, ${apiKeyId}
      from service
      on conflict (service_id, reference) where created_by_api_key_id is not null do nothing
      returning id
    )
    select exists (select from stored) as stored from service`;
  if (!found) return "no-service";
  return found.stored ? "stored" : "taken";
}

/** What can be changed of an alert; what is left out stays. */
export interface BroadcastChange {
  areas?: Areas;
  startsAt?: Date;
  finishesAt?: Date;
  /** As JSON, with the words they make. */
  personalisation?: { values: string; content: string };
}

/** Changes an alert whose row the transaction holds, and makes it another version. */
export async function updateBroadcast(
  db: Db,
  id: string,
  { areas, startsAt, finishesAt, personalisation }: BroadcastChange,
  at: Date,
): Promise<void> {
  const isEdited = areas !== undefined || personalisation !== undefined;
  await db`
    update broadcast_messages set
      areas = coalesce(${areas === undefined ? null : JSON.stringify(areas)}::text::jsonb, areas),
      starts_at = coalesce(${startsAt ?? null}::timestamptz, starts_at),
      finishes_at = coalesce(${finishesAt ?? null}::timestamptz, finishes_at),
      personalisation = coalesce(${personalisation?.values ?? null}::text::jsonb, personalisation),
      content = coalesce(${personalisation?.content ?? null}::text, content),
      edited_version = case when ${isEdited} then version + 1 else edited_version end,
      version = version + 1, updated_at = ${at}
    where id = ${id}`;
}
