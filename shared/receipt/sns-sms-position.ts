import type { Db } from "../database.ts";

/** Where the reading of a log goes on; `first` where it never began. */
export async function openPosition(db: Db, source: string, first: Date): Promise<Date> {
  const [row] = await db<{ readFrom: Date }[]>`
    insert into receipt_positions as p (source, read_from) values (${source}, ${first})
    on conflict (source) do update set read_from = p.read_from
    returning read_from as "readFrom"`;
  return row?.readFrom ?? first;
}

/** Moves it on, unless another reader has: then that one's stays. */
export async function movePosition(
  db: Db,
  source: string,
  { from, to }: { from: Date; to: Date },
): Promise<void> {
  if (to <= from) return;
  await db`
    update receipt_positions set read_from = ${to} where source = ${source} and read_from = ${from}`;
}
