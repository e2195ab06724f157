import {
  type ClaimedAlert,
  claimAlert,
  markTold,
  releaseAlert,
  type Telling,
} from "../../shared/alert/telling.ts";
import { faultLine } from "../../shared/log.ts";
import type { Payload } from "../../shared/queue/jobs.ts";
import { postOpened, postResolved } from "../alerts/webhook.ts";
import { createTicket } from "../alerts/zendesk.ts";
import { RetryIn } from "../consume.ts";
import type { WorkerDeps } from "../deps.ts";

/**
 * Tells people of an alert, and that it is over, by the log and whatever else is configured: each hears of it once,
 * whoever of them does not answer. Throws only to ask for another attempt, for those that are left.
 */
export async function sendAlerts(
  { alertId }: Payload<"send-alerts">,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { sql, alerts, now } = deps;
  // There are three calls at most, one after the other.
  const seconds = (4 * alerts.timeoutMs) / 1000;
  const claim = await claimAlert(sql, alertId, { at: now(), seconds });
  if (claim.outcome === "busy") throw new RetryIn(seconds, "Another worker tells of this alert");
  // Resolved so long ago that it was deleted.
  if (claim.outcome === "missing") return;

  const faults: string[] = [];
  for (const [telling, tell] of tellings(claim.alert, deps, signal)) {
    try {
      await tell();
      await markTold(sql, alertId, telling, now());
    } catch (error) {
      signal.throwIfAborted();
      faults.push(faultLine(error));
      // Nobody is told that something is over of which he has not heard.
      if (telling === "webhook") break;
    }
  }
  await releaseAlert(sql, alertId);
  if (faults.length > 0) throw new Error(`Cannot tell everybody of an alert: ${faults.join("; ")}`);
}

/** What is left to tell, in order. */
function tellings(
  alert: ClaimedAlert,
  { alerts, log }: WorkerDeps,
  signal: AbortSignal,
): [Telling, () => Promise<void>][] {
  const { webhookUrl, zendesk } = alerts;
  const { id, subject, severity, facts, told } = alert;
  const all: [Telling, (() => Promise<void>) | null][] = [
    ["log", async () => log.error({ alertId: id, subject, severity, facts }, alert.title)],
    ["zendesk", zendesk && (() => createTicket(alert, zendesk, alerts, signal))],
    ["webhook", webhookUrl === null ? null : () => postOpened(alert, { ...alerts, webhookUrl }, signal)],
    [
      "end",
      alert.resolvedAt === null
        ? null
        : async () => {
            log.info({ alertId: id, subject }, "Alert resolved");
            if (webhookUrl !== null) await postResolved(alert, { ...alerts, webhookUrl }, signal);
          },
    ],
  ];
  return all.flatMap(([telling, tell]) => (tell && !told[telling] ? [[telling, tell]] : []));
}
