import type { Db, Pool } from "../database.ts";

export interface SortedCounts {
  sorted: number;
  unsorted: number;
}

/** Those of the references that test keys made: what nobody printed bills nobody. */
export async function listTestReferences(db: Db, references: readonly string[]): Promise<string[]> {
  const rows = await db<{ reference: string }[]>`
    select l.reference from letters l join notifications n on n.id = l.notification_id
    where l.reference = any(${references as string[]}) and n.key_type = 'test'`;
  return rows.map(({ reference }) => reference);
}

/** Notes how much of a file was sorted, in place of what was noted of it before. A file of none leaves no row. */
export async function replaceCounts(
  sql: Pool,
  fileName: string,
  { billingDay, counts, at }: { billingDay: string; counts: SortedCounts; at: Date },
): Promise<void> {
  const { sorted, unsorted } = counts;
  await sql.begin(async (tx) => {
    await tx`
      delete from daily_sorted_letters
      where file_name = ${fileName} and (billing_day <> ${billingDay} or ${sorted + unsorted}::int = 0)`;
    await tx`
      insert into daily_sorted_letters (billing_day, file_name, sorted_count, unsorted_count, updated_at)
      select ${billingDay}, ${fileName}, ${sorted}, ${unsorted}, ${at} where ${sorted + unsorted}::int > 0
      on conflict (file_name, billing_day) do update
        set sorted_count = excluded.sorted_count, unsorted_count = excluded.unsorted_count,
          updated_at = excluded.updated_at`;
  });
}
