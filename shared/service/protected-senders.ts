import type { Db } from "../database.ts";

/** A name that no service may choose for its texts to come from. */
export interface ProtectedSender {
  name: string;
  normalised: string;
}

/** What is left of a sender where case, spaces and marks make no difference: `N-Bank`, `nbank` and `N BANK` are one. */
export function normaliseSender(sender: string): string {
  return sender.toLowerCase().replace(/[^a-z0-9]/g, "");
}

export async function isProtectedSender(db: Db, sender: string): Promise<boolean> {
  const rows = await db`select from protected_sender_ids where normalised = ${normaliseSender(sender)}`;
  return rows.length > 0;
}

/** By name, without what makes no difference. */
export async function listProtectedSenders(db: Db): Promise<ProtectedSender[]> {
  return await db<ProtectedSender[]>`select name, normalised from protected_sender_ids order by normalised`;
}

/** Takes up those that are not there yet, in one way or another of writing them; answers their names. */
export async function protectSenders(db: Db, names: readonly string[]): Promise<string[]> {
  const senders = names.map((name) => ({ name, normalised: normaliseSender(name) }));
  const rows = await db<{ name: string }[]>`
    insert into protected_sender_ids (name, normalised)
    select name, normalised from json_to_recordset(${JSON.stringify(senders)}::text::json)
      as s (name text, normalised text)
    on conflict do nothing returning name`;
  return rows.map(({ name }) => name);
}

/** False where it was not protected. */
export async function unprotectSender(db: Db, name: string): Promise<boolean> {
  const { count } = await db`delete from protected_sender_ids where normalised = ${normaliseSender(name)}`;
  return count > 0;
}

/** The services whose texts come from a protected name, for somebody to look at. */
export async function listUsesOfProtected(
  db: Db,
  names: readonly string[],
): Promise<{ serviceId: string; sender: string }[]> {
  return await db<{ serviceId: string; sender: string }[]>`
    select service_id as "serviceId", sms_sender as sender from service_sms_senders
    where not archived
      and regexp_replace(lower(sms_sender), '[^a-z0-9]', '', 'g') = any(${names.map(normaliseSender)}::text[])
    order by sms_sender, service_id`;
}
