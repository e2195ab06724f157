import { type NewAlert, raiseAlert } from "../../../shared/alert/alert.ts";
import type { Pool } from "../../../shared/database.ts";
import { faultLine } from "../../../shared/log.ts";
import { type JobName, queues } from "../../../shared/queue/jobs.ts";

/** Runs an attempt at a job; where the last fails, an alert is opened, to be closed by whoever succeeds later. */
export async function alertOnLast<T>(
  work: () => Promise<T>,
  { sql, queue, attempt }: { sql: Pool; queue: JobName; attempt: number },
  alert: Omit<NewAlert, "severity">,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (attempt > queues[queue].retries) {
      const facts = { ...alert.facts, fault: faultLine(error) };
      await raiseAlert(sql, { ...alert, severity: "page", facts });
    }
    throw error;
  }
}
