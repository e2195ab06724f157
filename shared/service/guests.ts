import type { Db, Pool } from "../database.ts";
import type { GuestType } from "../recipient/guest-list.ts";

export interface Guest {
  type: GuestType;
  recipient: string;
}

/** A service's guests as they were given, in that order. */
export async function listGuests(db: Db, serviceId: string): Promise<Guest[]> {
  return await db<Guest[]>`
    select recipient_type as type, recipient from service_guest_list
    where service_id = ${serviceId} order by created_at, id`;
}

/** Has these and no others. False where there is no such service. */
export async function replaceGuests(
  sql: Pool,
  { serviceId, guests, at }: { serviceId: string; guests: readonly Guest[]; at: Date },
): Promise<boolean> {
  return await sql.begin(async (tx) => {
    const service = await tx`select from services where id = ${serviceId} for no key update`;
    if (service.length === 0) return false;
    await tx`delete from service_guest_list where service_id = ${serviceId}`;
    // A microsecond apart, so that they are read as they were given.
    await tx`
      insert into service_guest_list (service_id, recipient_type, recipient, created_at)
      select ${serviceId}, t.type, t.recipient, ${at}::timestamptz + t.n * interval '1 microsecond'
      from json_to_recordset(${JSON.stringify(guests.map((guest, n) => ({ n, ...guest })))}::text::json)
        as t (n integer, type text, recipient text)`;
    return true;
  });
}
