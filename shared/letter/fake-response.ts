import type { Db } from "../database.ts";
import { responseNameAt } from "./dvla-file-name.ts";

/** The reference of a letter whose answer may be made up: a test key's, with the printer. Null for any other. */
export async function findFakeable(db: Db, notificationId: string): Promise<string | null> {
  const [row] = await db<{ reference: string }[]>`
    select l.reference from notifications n join letters l on l.notification_id = n.id
    where n.id = ${notificationId} and n.key_type = 'test' and n.status = 'sending'`;
  return row?.reference ?? null;
}

const mostSeconds = 3600;

/**
 * A second that no file is named after: one of the last 30 at random, or of those before. Null where a file of the same
 * content is there already. Throws where an hour's seconds are taken.
 */
export async function findFreeSecond(
  db: Db,
  { sha256, at }: { sha256: Uint8Array; at: Date },
): Promise<Date | null> {
  const seconds = Array.from({ length: mostSeconds }, (_, age) => ({
    age,
    name: responseNameAt(new Date(at.getTime() - age * 1000)),
  }));
  const [row] = await db<{ made: boolean; age: number | null }[]>`
    select exists (select from dvla_files where sha256 = ${sha256}) as made, (
      select s.age from json_to_recordset(${JSON.stringify(seconds)}::text::json) as s (age integer, name text)
      where not exists (select from dvla_files f where f.name = s.name)
      order by s.age / 30, random() limit 1
    ) as age`;
  if (row?.made) return null;
  if (row?.age == null)
    throw new Error("Cannot make up an answer of the printer: an hour's seconds are taken");
  return new Date(at.getTime() - row.age * 1000);
}
