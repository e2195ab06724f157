import type { Db } from "../database.ts";
import type { InboundProvider } from "./text.ts";

/** False where the number is there already. */
export async function addInboundNumber(db: Db, number: string, provider: InboundProvider): Promise<boolean> {
  const rows = await db`
    insert into inbound_numbers (number, provider) values (${number}, ${provider})
    on conflict (number) do nothing returning id`;
  return rows.length === 1;
}

/** The same of many; answers those that were not there. */
export async function addInboundNumbers(
  db: Db,
  numbers: readonly string[],
  provider: InboundProvider,
): Promise<string[]> {
  const rows = await db<{ number: string }[]>`
    insert into inbound_numbers (number, provider) select unnest(${[...numbers]}::text[]), ${provider}
    on conflict (number) do nothing returning number`;
  return rows.map(({ number }) => number);
}

export interface InboundNumberSummary {
  number: string;
  provider: string;
  active: boolean;
  /** Both null where it is free. */
  serviceId: string | null;
  service: string | null;
}

export async function listInboundNumbers(db: Db): Promise<InboundNumberSummary[]> {
  return await db<InboundNumberSummary[]>`
    select n.number, n.provider, n.active, n.service_id as "serviceId", s.name as service
    from inbound_numbers n left join services s on s.id = n.service_id
    order by n.number`;
}

/** The number of a service, or null. */
export async function findNumberOf(db: Db, serviceId: string): Promise<string | null> {
  const [row] = await db<{ number: string }[]>`
    select number from inbound_numbers where service_id = ${serviceId}`;
  return row?.number ?? null;
}

/**
 * Gives a free number to a service that has none, with the permission to receive; its texts come from the number from
 * now on, in place of its only sender or as the default beside several. To be called in a transaction.
 */
export async function assignInboundNumber(
  db: Db,
  number: string,
  serviceId: string,
): Promise<"assigned" | "not free" | "has one"> {
  // Two numbers for one service at once would both find that it has none.
  await db`select from services where id = ${serviceId} for no key update`;
  if ((await findNumberOf(db, serviceId)) !== null) return "has one";
  const [taken] = await db<{ id: string }[]>`
    update inbound_numbers set service_id = ${serviceId}, updated_at = now()
    where number = ${number} and service_id is null and active
    returning id`;
  if (!taken) return "not free";
  await db`
    insert into service_permissions (service_id, permission) values (${serviceId}, 'inbound_sms')
    on conflict do nothing`;
  await giveSender(db, serviceId, { ...taken, number });
  return "assigned";
}

/** Has a service's texts come from its number, in place of its only sender or as the default. Answers the sender. */
export async function giveSender(
  db: Db,
  serviceId: string,
  taken: { id: string; number: string },
): Promise<string> {
  const senders = await db<{ id: string }[]>`
    select id from service_sms_senders where service_id = ${serviceId} and not archived`;
  const [only] = senders;
  if (only && senders.length === 1) {
    await db`
      update service_sms_senders
      set sms_sender = ${taken.number}, inbound_number_id = ${taken.id}, is_default = true, updated_at = now()
      where id = ${only.id}`;
    return only.id;
  }
  await db`
    update service_sms_senders set is_default = false, updated_at = now()
    where service_id = ${serviceId} and is_default`;
  const id = crypto.randomUUID();
  await db`
    insert into service_sms_senders (id, service_id, sms_sender, inbound_number_id)
    values (${id}, ${serviceId}, ${taken.number}, ${taken.id})`;
  return id;
}

/**
 * Takes a number from its service, with the permission to receive and the sender: what it received stays. Another
 * sender of the service, the oldest, becomes the default; where there is no other, what `onlySender` makes of the
 * service's name. With `retire` nobody gets the number any more. Answers whose it was, null where it was nobody's. To be
 * called in a transaction.
 */
export async function releaseInboundNumber(
  db: Db,
  number: string,
  { retire, onlySender }: { retire: boolean; onlySender: (serviceName: string) => string },
): Promise<string | null> {
  const [held] = await db<{ id: string; serviceId: string }[]>`
    select id, service_id as "serviceId" from inbound_numbers
    where number = ${number} and service_id is not null`;
  if (!held) return null;
  const { id, serviceId } = held;
  // In the order in which a number is given.
  const [service] = await db<{ name: string }[]>`
    select name from services where id = ${serviceId} for no key update`;
  const released = await db`
    update inbound_numbers set service_id = null, active = ${!retire}, updated_at = now()
    where id = ${id} and service_id = ${serviceId}
    returning id`;
  if (!service || released.length === 0) return null;
  await db`delete from service_permissions where service_id = ${serviceId} and permission = 'inbound_sms'`;
  const [heir] = await db<{ id: string }[]>`
    select id from service_sms_senders
    where service_id = ${serviceId} and not archived and inbound_number_id is distinct from ${id}
    order by is_default desc, created_at, id limit 1`;
  if (heir) await replaceSender(db, id, heir.id);
  else {
    await db`
      update service_sms_senders set sms_sender = ${onlySender(service.name)}, inbound_number_id = null,
        updated_at = now()
      where inbound_number_id = ${id}`;
  }
  return serviceId;
}

/** Archives the sender of a number; another takes its place as the default, if it was that. */
async function replaceSender(db: Db, numberId: string, heirId: string): Promise<void> {
  const dropped = await db<{ wasDefault: boolean }[]>`
    update service_sms_senders s
    set archived = true, is_default = false, inbound_number_id = null, updated_at = now()
    from (select id, is_default from service_sms_senders where inbound_number_id = ${numberId}) was
    where s.id = was.id
    returning was.is_default as "wasDefault"`;
  if (!dropped.some(({ wasDefault }) => wasDefault)) return;
  await db`update service_sms_senders set is_default = true, updated_at = now() where id = ${heirId}`;
}
