import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import { deadlineOf, runTimeOf } from "../../../shared/letter/print-day.ts";
import { startPrintRun } from "../../../shared/letter/print-run.ts";
import { londonDate } from "../../../shared/time/london.ts";
import type { WorkerDeps } from "../../deps.ts";

const lateMs = 10 * 60_000;

/**
 * Starts the print run of the evening it was due on, with that evening's deadline however late it is by now, once: the
 * print date has one scheduled run. One that was missed is told of.
 */
export async function checkTimeToCollate(
  { sql, log, now }: WorkerDeps,
  _signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  const printDate = londonDate(new Date(dueAt));
  const at = now();
  const minutesLate = Math.floor((at.getTime() - runTimeOf(printDate).getTime()) / 60_000);
  const isLate = minutesLate * 60_000 >= lateMs;
  const isStarted = await sql.begin(async (tx) => {
    const run = { id: crypto.randomUUID(), printDate, deadline: deadlineOf(printDate), reason: null };
    const started = await startPrintRun(tx, { ...run, kind: "scheduled", at });
    if (!started || !isLate) return started;
    await resolveAlert(tx, `print-run:${printDate}`, at);
    await raiseAlert(tx, {
      subject: `print-run-late:${printDate}`,
      severity: "ticket",
      title: "A print run was late",
      facts: { printDate, minutesLate },
      at,
    });
    return started;
  });
  if (!isStarted) return `The run of ${printDate} was started already`;
  if (isLate) log.warn({ printDate, minutesLate }, "A print run was missed and is caught up");
  return `Started the run of ${printDate}`;
}
