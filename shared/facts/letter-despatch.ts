import { letterRateAt, type RateBook } from "../billing/rate-book.ts";
import type { Pool } from "../database.ts";
import { spanOf } from "./days.ts";

interface Despatched {
  postage: string;
  threshold: string;
  sheets: number;
  letters: number;
}

/**
 * Counts the letters that the printer sent on a day, by its own date, in place of what was counted before. Throws
 * where a rate is missing.
 */
export async function replaceLetterDespatch(sql: Pool, day: string, rates: RateBook): Promise<void> {
  const at = spanOf(day).from;
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtextextended(${`facts despatch ${day}`}, 0))`;
    const counted = await tx<Despatched[]>`
      select l.postage, l.cost_threshold as threshold, coalesce(n.billable_units, h.billable_units) as sheets,
        count(*)::integer as letters
      from letters l
        left join notifications n on n.id = l.notification_id and n.key_type <> 'test'
        left join notification_history h on h.id = l.notification_id
      where l.despatched_on = ${day} and l.cost_threshold is not null
        and coalesce(n.billable_units, h.billable_units) is not null
      group by 1, 2, 3`;
    const facts = counted.map((row) => {
      const rate = letterRateAt(rates, { at, postage: row.postage, sheets: row.sheets });
      if (rate === null)
        throw new Error(`Cannot price letters of ${day}: there is no rate of ${row.postage}`);
      return { ...row, rate };
    });
    await tx`delete from ft_billing_letter_despatch where bst_date = ${day}`;
    if (facts.length === 0) return;
    await tx`
      insert into ft_billing_letter_despatch (bst_date, postage, cost_threshold, rate, billable_units,
        notifications_sent)
      select ${day}, f.postage, f.threshold, f.rate, f.sheets, f.letters
      from json_to_recordset(${JSON.stringify(facts)}::text::json)
        as f (postage text, threshold text, rate numeric, sheets integer, letters bigint)`;
  });
}
