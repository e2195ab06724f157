import type { Db } from "../database.ts";

/** A person's own, as they gave it; null where they gave none. */
export async function findMobileNumber(db: Db, userId: string): Promise<string | null> {
  const [person] = await db<{ number: string | null }[]>`
    select mobile_number as number from users where id = ${userId}`;
  return person?.number ?? null;
}
