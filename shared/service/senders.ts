import type { Db, Pool } from "../database.ts";
import { isProtectedSender } from "./protected-senders.ts";

/** What texts come from, where emails are answered to, who letters are from. */
export type SenderKind = "sms" | "email" | "letter";

/** One of a service's, as operators' programs see it. */
export interface SenderObject {
  id: string;
  serviceId: string;
  value: string;
  isDefault: boolean;
  archived: boolean;
  /** Set where texts can be sent to it; of texts alone. */
  inboundNumberId: string | null;
  createdAt: Date;
  updatedAt: Date | null;
}

export interface SenderKey {
  serviceId: string;
  id: string;
}

export interface SenderChange extends SenderKey {
  value: string;
  isDefault: boolean;
  at: Date;
}

const tables = {
  sms: { table: "service_sms_senders", column: "sms_sender" },
  email: { table: "service_email_reply_to", column: "email_address" },
  letter: { table: "service_letter_contacts", column: "contact_block" },
} as const;

/** The default first, then the oldest; archived ones never. */
export async function listSenders(db: Db, kind: SenderKind, serviceId: string): Promise<SenderObject[]> {
  return await db<SenderObject[]>`
    select ${columns(db, kind)} from ${db(tables[kind].table)}
    where service_id = ${serviceId} and not archived
    order by is_default desc, created_at, id`;
}

/** Null where the service has no such one, or archived it. */
export async function findSender(
  db: Db,
  kind: SenderKind,
  { serviceId, id }: SenderKey,
): Promise<SenderObject | null> {
  const [sender] = await db<SenderObject[]>`
    select ${columns(db, kind)} from ${db(tables[kind].table)}
    where service_id = ${serviceId} and id = ${id} and not archived`;
  return sender ?? null;
}

/**
 * Adds one; as the default it takes another's place. `no-default`: there would be none, where there must be;
 * `taken`: emails are answered to that address already; `protected`: no text may come from that name.
 */
export async function addSender(
  sql: Pool,
  kind: SenderKind,
  { serviceId, id, value, isDefault, at }: SenderChange,
): Promise<SenderObject | "no-service" | "no-default" | "taken" | "protected"> {
  return await sql.begin(async (tx) => {
    if (!(await lockService(tx, serviceId))) return "no-service";
    const others = await listSenders(tx, kind, serviceId);
    if (kind === "email" && has(others, value)) return "taken";
    if (kind === "sms" && (await isProtectedSender(tx, value))) return "protected";
    if (!isDefault && lacksDefault(kind, others)) return "no-default";
    if (isDefault) await dropDefault(tx, kind, serviceId, at);
    const { table, column } = tables[kind];
    const [added] = await tx<SenderObject[]>`
      insert into ${tx(table)} (id, service_id, ${tx(column)}, is_default, created_at)
      values (${id}, ${serviceId}, ${value}, ${isDefault}, ${at})
      returning ${columns(tx, kind)}`;
    return added ?? "no-service";
  });
}

/** `is-number`: its value is that of a number that receives. Null where the service has no such one. */
export async function changeSender(
  sql: Pool,
  kind: SenderKind,
  { serviceId, id, value, isDefault, at }: SenderChange,
): Promise<SenderObject | "no-default" | "taken" | "is-number" | "protected" | null> {
  return await sql.begin(async (tx) => {
    await lockService(tx, serviceId);
    const all = await listSenders(tx, kind, serviceId);
    const was = all.find((sender) => sender.id === id);
    if (!was) return null;
    const others = all.filter((sender) => sender !== was);
    if (was.inboundNumberId !== null && was.value !== value) return "is-number";
    if (kind === "email" && has(others, value)) return "taken";
    // Who has such a name keeps it.
    const isNew = kind === "sms" && was.value !== value;
    if (isNew && (await isProtectedSender(tx, value))) return "protected";
    if (!isDefault && lacksDefault(kind, others)) return "no-default";
    if (isDefault && !was.isDefault) await dropDefault(tx, kind, serviceId, at);
    const { table, column } = tables[kind];
    const [changed] = await tx<SenderObject[]>`
      update ${tx(table)} set ${tx(column)} = ${value}, is_default = ${isDefault}, updated_at = ${at}
      where id = ${id} and service_id = ${serviceId}
      returning ${columns(tx, kind)}`;
    return changed ?? null;
  });
}

/**
 * Takes one out of use. A default stays, but for letters', which need none; so does a number that receives. Templates
 * of letters that named it name nobody from then on. Null where the service has no such one.
 */
export async function archiveSender(
  sql: Pool,
  kind: SenderKind,
  { serviceId, id, at }: SenderKey & { at: Date },
): Promise<SenderObject | "is-default" | "is-number" | null> {
  return await sql.begin(async (tx) => {
    await lockService(tx, serviceId);
    const was = await findSender(tx, kind, { serviceId, id });
    if (!was) return null;
    if (was.inboundNumberId !== null) return "is-number";
    if (was.isDefault && kind !== "letter") return "is-default";
    const [archived] = await tx<SenderObject[]>`
      update ${tx(tables[kind].table)} set archived = true, is_default = false, updated_at = ${at}
      where id = ${id} and service_id = ${serviceId}
      returning ${columns(tx, kind)}`;
    if (kind === "letter") {
      await tx`
        update templates set service_letter_contact_id = null, version = version + 1, updated_at = ${at}
        where service_id = ${serviceId} and service_letter_contact_id = ${id}`;
    }
    return archived ?? null;
  });
}

/** Of two who change a service's senders at once, the second sees what the first did. */
async function lockService(db: Db, serviceId: string): Promise<boolean> {
  return (await db`select from services where id = ${serviceId} for no key update`).length === 1;
}

async function dropDefault(db: Db, kind: SenderKind, serviceId: string, at: Date): Promise<void> {
  await db`
    update ${db(tables[kind].table)} set is_default = false, updated_at = ${at}
    where service_id = ${serviceId} and is_default`;
}

/** Texts and answers to emails must have one (`spec/data-model.md` 5, 1). */
function lacksDefault(kind: SenderKind, senders: readonly SenderObject[]): boolean {
  return kind !== "letter" && !senders.some(({ isDefault }) => isDefault);
}

function has(senders: readonly SenderObject[], address: string): boolean {
  return senders.some(({ value }) => value.toLowerCase() === address.toLowerCase());
}

function columns(db: Db, kind: SenderKind) {
  return db`id, service_id as "serviceId", ${db(tables[kind].column)} as value, is_default as "isDefault", archived,
    ${kind === "sms" ? db`inbound_number_id` : db`null::uuid`} as "inboundNumberId", created_at as "createdAt",
    updated_at as "updatedAt"`;
}
