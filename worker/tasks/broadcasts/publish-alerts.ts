import { requestPublication } from "../../../shared/broadcast/publish.ts";
import { londonTime } from "../../../shared/time/london.ts";
import type { WorkerDeps } from "../../deps.ts";
import { call, isAccepted } from "../../providers/http.ts";

const timeoutMs = 10_000;

/**
 * Tells the program that shows the public what emergency alerts there are that the list has changed; it reads the list
 * itself. Throws to ask for another attempt.
 */
export async function publishAlerts(
  { broadcasts: { config }, log }: Pick<WorkerDeps, "broadcasts" | "log">,
  signal: AbortSignal,
): Promise<void> {
  const { publishUrl } = config;
  if (publishUrl === null) {
    log.info({}, "Nobody is to be told that the list of alerts has changed");
    return;
  }
  const answer = await call(publishUrl, { method: "POST", headers: {}, body: "" }, timeoutMs, signal);
  if (answer.status === null) throw new Error(`Cannot have the alerts published: ${answer.reason}`);
  if (!isAccepted(answer)) throw new Error(`Cannot have the alerts published: answered ${answer.status}`);
}

/**
 * At midnight in London, whichever of its two times by UTC that is: the list shows planned tests on their day alone.
 * Answers a line for `task_runs`.
 */
export async function dropPlannedTests(
  { broadcasts: { sql } }: Pick<WorkerDeps, "broadcasts">,
  _signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  if (!londonTime(new Date(dueAt)).endsWith("00:00:00")) return "It was not midnight in London";
  await requestPublication(sql);
  return "Had the list of alerts published";
}
