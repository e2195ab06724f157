import type { Db, Pool } from "../database.ts";
import { giveSender } from "./setup.ts";

/** A number texts can be sent to, as operators' programs see it. */
export interface InboundNumberObject {
  id: string;
  number: string;
  provider: string;
  /** Null: free. */
  service: { id: string; name: string } | null;
  active: boolean;
  createdAt: Date;
  updatedAt: Date | null;
}

/** By number: all, those that a service could get, or a service's. */
export async function listInboundNumberObjects(
  db: Db,
  which: "all" | "available" | { serviceId: string },
): Promise<InboundNumberObject[]> {
  const chosen =
    which === "all"
      ? db``
      : which === "available"
        ? db`where n.active and n.service_id is null`
        : db`where n.service_id = ${which.serviceId}`;
  return await db<InboundNumberObject[]>`
    select n.id, n.number, n.provider, n.active, n.created_at as "createdAt", n.updated_at as "updatedAt",
      case when s.id is not null then json_build_object('id', s.id, 'name', s.name) end as service
    from inbound_numbers n left join services s on s.id = n.service_id ${chosen}
    order by n.number`;
}

/**
 * Gives a service a free number, any where `id` is null, and answers the sender that its texts come from: its only
 * one becomes the number, else a new default is added. The permission to receive is not given with it. `none`: no
 * number is free; `not-free`: that one is not; `has-one`: the service has one.
 */
export async function allocateNumber(
  sql: Pool,
  { serviceId, id, at }: { serviceId: string; id: string | null; at: Date },
): Promise<{ senderId: string } | "none" | "not-free" | "has-one" | "no-service"> {
  return await sql.begin(async (tx) => {
    const service = await tx`select from services where id = ${serviceId} for no key update`;
    if (service.length === 0) return "no-service";
    const held = await tx`select from inbound_numbers where service_id = ${serviceId}`;
    if (held.length > 0) return "has-one";
    const [taken] = await tx<{ id: string; number: string }[]>`
      update inbound_numbers set service_id = ${serviceId}, updated_at = ${at}
      where id = (
        select id from inbound_numbers
        where service_id is null and active and (${id}::uuid is null or id = ${id}::uuid)
        order by number limit 1 for update skip locked)
      returning id, number`;
    if (!taken) return id === null ? "none" : "not-free";
    return { senderId: await giveSender(tx, serviceId, taken) };
  });
}

/** Switches a service's number off: nothing is received any more. False where it has none. */
export async function switchNumberOff(db: Db, serviceId: string, at: Date): Promise<boolean> {
  const { count } = await db`
    update inbound_numbers set active = false, updated_at = ${at} where service_id = ${serviceId}`;
  return count === 1;
}
