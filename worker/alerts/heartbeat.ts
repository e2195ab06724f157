import ky from "ky";
import type { WorkerDeps } from "../deps.ts";

/** What a monitor outside is told of a scheduled task. */
export type Beat = "run" | "complete" | "fail";

/**
 * Tells the monitor of a task, where it has one. Never throws: that it cannot be told is its own business, and it will
 * say so itself. The URL, which may hold a key, is not logged.
 */
export async function beat(
  { alerts, log }: Pick<WorkerDeps, "alerts" | "log">,
  task: string,
  state: Beat,
): Promise<void> {
  const url = alerts.heartbeats.get(task);
  if (url === undefined) return;
  try {
    const response = await ky(url.replaceAll("{state}", state), {
      retry: 0,
      timeout: false,
      redirect: "manual",
      throwHttpErrors: false,
      signal: AbortSignal.timeout(alerts.timeoutMs),
    });
    await response.body?.cancel();
    if (response.status >= 400) log.warn({ task, state, status: response.status }, "Heartbeat was refused");
  } catch (error) {
    log.warn(
      { task, state, reason: error instanceof Error ? error.name : "unknown" },
      "Heartbeat was not taken",
    );
  }
}
