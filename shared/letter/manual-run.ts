import type { Db } from "../database.ts";
import { printDateOf } from "./print-day.ts";
import { startPrintRun } from "./print-run.ts";

/**
 * Has what waits to be printed and was made before the deadline sent now, overdue letters too. The deadline must be over.
 * Answers the day it counts for.
 */
export async function startManualRun(
  db: Db,
  { id, deadline, reason, at }: { id: string; deadline: Date; reason: string | null; at: Date },
): Promise<string> {
  // What is made at a deadline belongs to the next.
  const printDate = printDateOf(new Date(deadline.getTime() - 1));
  await startPrintRun(db, { id, printDate, deadline, kind: "manual", reason, at });
  return printDate;
}
