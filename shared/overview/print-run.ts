import type { Db, Pool } from "../database.ts";
import { deadlineOf, runTimeOf } from "../letter/print-day.ts";
import { findScheduledRun, listPrintRuns, type PrintRunSummary } from "../letter/print-run.ts";
import { countPrintable } from "../letter/print-run-selection.ts";
import { addDays } from "../time/calendar.ts";
import { londonDate } from "../time/london.ts";

/** Today's printing, and what is left for the next. */
export interface PrintOutlook {
  /** London's today, as `2026-11-21`. */
  printDate: string;
  /** Letters made before it are in its scheduled run. */
  deadline: Date;
  runAt: Date;
  /** Today's, newest first: none before the first began, nor where one service asks. */
  runs: PrintRunSummary[];
  /** What the next scheduled run would print; null where nobody has counted. */
  waiting: WaitingLetters | null;
}

export interface WaitingLetters {
  printDate: string;
  letters: number;
  sheets: number;
  /** When the oldest was made; null where there are none. */
  oldestAt: Date | null;
  countedAt: Date;
}

/** As many runs as a day may have. */
const mostRuns = 20;

/** Of all services where it is null. Reads runs and what was last counted, no letters. */
export async function readPrintRun(
  db: Db,
  { serviceId, at }: { serviceId: string | null; at: Date },
): Promise<PrintOutlook> {
  const printDate = londonDate(at);
  const [waiting] = await db<WaitingLetters[]>`
    select c.print_date::text as "printDate", coalesce(sum(l.letters), 0)::integer as letters,
      coalesce(sum(l.sheets), 0)::integer as sheets, min(l.oldest_at) as "oldestAt", c.counted_at as "countedAt"
    from printable_letters_counted c
      left join printable_letters l on ${serviceId}::uuid is null or l.service_id = ${serviceId}::uuid
    group by c.print_date, c.counted_at`;
  const runs = serviceId === null ? await listPrintRuns(db, mostRuns) : [];
  return {
    printDate,
    deadline: deadlineOf(printDate),
    runAt: runTimeOf(printDate),
    runs: runs.filter((run) => run.printDate === printDate),
    waiting: waiting ?? null,
  };
}

/**
 * Counts the letters of the next scheduled run, today's until it began, in place of what was counted before. Reads all
 * letters that wait. Answers how many there are.
 */
export async function countPrintableLetters(sql: Pool, at: Date): Promise<number> {
  const today = londonDate(at);
  const printDate = (await findScheduledRun(sql, today)) ? addDays(today, 1) : today;
  const counted = await countPrintable(sql, deadlineOf(printDate));
  await sql.begin(async (tx) => {
    // Held until the end: who counts at the same time waits.
    await tx`
      insert into printable_letters_counted (print_date, counted_at) values (${printDate}, ${at})
      on conflict (id) do update set print_date = excluded.print_date, counted_at = excluded.counted_at`;
    await tx`delete from printable_letters`;
    await tx`
      insert into printable_letters (service_id, postage, letters, sheets, oldest_at)
      select "serviceId", postage, letters, sheets, "oldestAt"
      from json_to_recordset(${JSON.stringify(counted)}::text::json)
        as l ("serviceId" uuid, postage text, letters integer, sheets integer, "oldestAt" timestamptz)`;
  });
  return counted.reduce((sum, { letters }) => sum + letters, 0);
}
