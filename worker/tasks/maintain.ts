import { tendTask } from "../../shared/callback/tend.ts";
import { pollTask } from "../../shared/letter/dvla-poll.ts";
import { faultLine } from "../../shared/log.ts";
import type { Payload } from "../../shared/queue/jobs.ts";
import { deleteOldRuns, markRunFinished, markRunStarted } from "../../shared/schedule/queries.ts";
import { beat } from "../alerts/heartbeat.ts";
import type { WorkerDeps } from "../deps.ts";
import { switchOnSlowDelivery, tendToMiddle } from "./balance-providers.ts";
import { removeBatchFiles, removeLetterBatchFiles } from "./batches/remove-batch-files.ts";
import {
  checkBatchStatus,
  checkMissingRows,
  runScheduledBatches,
  updateProcessedBatches,
} from "./batches/repair-batches.ts";
import { endBroadcasts } from "./broadcasts/end-broadcasts.ts";
import { dropPlannedTests } from "./broadcasts/publish-alerts.ts";
import { testLinks } from "./broadcasts/test-links.ts";
import { watchBroadcasts } from "./broadcasts/watch-broadcasts.ts";
import { countInboundNumbers } from "./count-inbound-numbers.ts";
import { countSlowTexts } from "./count-slow-texts.ts";
import { deleteDocuments } from "./delete-documents.ts";
import { deleteOldAlerts } from "./delete-old-alerts.ts";
import { deleteOldCallbackAttempts } from "./delete-old-callback-attempts.ts";
import { deleteOldIdempotencyKeys } from "./delete-old-idempotency-keys.ts";
import { describeNotifications } from "./describe-notifications.ts";
import { populateAnnualBilling } from "./facts/annual-billing.ts";
import { createNightlyBilling, createNightlyStatus, updateBillingForToday } from "./facts/nightly.ts";
import { saveProcessingTime } from "./facts/processing-time.ts";
import { checkFailureRates } from "./health/check-failure-rates.ts";
import { checkQueues } from "./health/check-queues.ts";
import { checkStorage } from "./health/check-storage.ts";
import { checkAcknowledgements } from "./letters/check-acknowledgements.ts";
import { checkDvlaSilence } from "./letters/check-dvla-silence.ts";
import { checkFailedLetters } from "./letters/check-failed-letters.ts";
import { checkPrintRuns } from "./letters/check-print-runs.ts";
import { checkStillCreated } from "./letters/check-still-created.ts";
import { checkStillSending } from "./letters/check-still-sending.ts";
import { checkTimeToCollate } from "./letters/check-time-to-collate.ts";
import { checkVirusScans, checkVirusScansNightly } from "./letters/check-virus-scans.ts";
import { forgetPictures } from "./letters/forget-pictures.ts";
import { pollDvla } from "./letters/poll-dvla.ts";
import { rotateDvlaKey } from "./letters/rotate-dvla-key.ts";
import { rotateDvlaPassword } from "./letters/rotate-dvla-password.ts";
import { countLettersToPrint } from "./overview/count-letters-to-print.ts";
import { countTraffic } from "./overview/count-traffic.ts";
import { noteSchedules } from "./overview/note-schedules.ts";
import { readSnsReceipts } from "./read-sns-receipts.ts";
import { replayCreated } from "./replay-created.ts";
import { deleteOrphanedFiles } from "./retention/delete-orphaned-files.ts";
import {
  archiveUnsubscribeRequests,
  deleteEvents,
  deleteHistory,
  deleteInboundTexts,
  deleteOldRecords,
} from "./retention/delete-records.ts";
import { queueDeletions } from "./retention/queue-deletions.ts";
import { tendCallbacks } from "./tend-callbacks.ts";
import { timeOutSending } from "./time-out-sending.ts";

/** What a scheduled task does; answers with a line for `task_runs`. */
type Upkeep = (deps: WorkerDeps, signal: AbortSignal, dueAt: string) => Promise<string>;

const upkeep: ReadonlyMap<string, Upkeep> = new Map<string, Upkeep>([
  ["timeout-sending-notifications", timeOutSending],
  ["replay-created-notifications", replayCreated],
  ["delete-old-idempotency-keys", deleteOldIdempotencyKeys],
  ["delete-expired-documents", deleteDocuments],
  ["delete-old-alerts", deleteOldAlerts],
  ["change-dvla-api-key", rotateDvlaKey],
  ["change-dvla-password", rotateDvlaPassword],
  ["delete-old-callback-attempts", deleteOldCallbackAttempts],
  ["read-sns-receipts", readSnsReceipts],
  ["generate-sms-delivery-stats", countSlowTexts],
  ["switch-current-sms-provider-on-slow-delivery", switchOnSlowDelivery],
  ["tend-providers-back-to-middle", tendToMiddle],
  ["check-for-low-available-inbound-sms-numbers", countInboundNumbers],
  [tendTask, tendCallbacks],
  ["check-time-to-collate-letters", checkTimeToCollate],
  ["check-print-runs", checkPrintRuns],
  [pollTask, pollDvla],
  ["raise-alert-if-letter-notifications-still-sending", checkStillSending],
  ["raise-alert-if-nothing-came-from-dvla", checkDvlaSilence],
  ["check-if-letters-still-in-created", checkStillCreated],
  ["check-if-letters-in-technical-failure", checkFailedLetters],
  ["check-if-letters-still-pending-virus-check", checkVirusScans],
  ["check-if-letters-still-pending-virus-check-nightly", checkVirusScansNightly],
  ["raise-alert-if-no-letter-ack-file", checkAcknowledgements],
  ["delete-old-letter-pictures", forgetPictures],
  ["trigger-link-tests", testLinks],
  ["auto-expire-broadcast-messages", endBroadcasts],
  ["watch-broadcast-messages", watchBroadcasts],
  ["remove-yesterdays-planned-tests-on-govuk-alerts", dropPlannedTests],
  ["describe-notifications", describeNotifications],
  ["check-queues", checkQueues],
  ["check-storage", checkStorage],
  ["delete-orphaned-files", deleteOrphanedFiles],
  ["check-for-services-with-high-failure-rates-or-sending-to-tv-numbers", checkFailureRates],
  ["archive-unsubscribe-requests", archiveUnsubscribeRequests],
  ["deep-archive-notification-history-up-to-limit", deleteHistory],
  ["delete-inbound-sms", deleteInboundTexts],
  ["delete-old-records-from-events-table", deleteEvents],
  ["delete-old-records", deleteOldRecords],
  ["remove_sms_email_jobs", removeBatchFiles],
  ["remove_letter_jobs", removeLetterBatchFiles],
  ["run-scheduled-jobs", runScheduledBatches],
  ["check-job-status", checkBatchStatus],
  ["update-status-of-fully-processed-jobs", updateProcessedBatches],
  ["check-for-missing-rows-in-completed-jobs", checkMissingRows],
  ["delete-notifications-older-than-retention", queueDeletions],
  ["create-nightly-billing", createNightlyBilling],
  ["create-nightly-notification-status", createNightlyStatus],
  ["update-ft-billing-for-today", updateBillingForToday],
  ["save-daily-notification-processing-time", saveProcessingTime],
  ["run-populate-annual-billing", populateAnnualBilling],
  ["count-traffic", countTraffic],
  ["count-letters-to-print", countLettersToPrint],
  ["note-schedules", noteSchedules],
  ["delete-old-task-runs", async ({ sql }) => `Deleted ${await deleteOldRuns(sql, 90)} old runs`],
]);

/** Runs one scheduled task and records how it went. */
export async function maintain(
  { task, dueAt }: Payload<"maintenance">,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { sql, log } = deps;
  const run = upkeep.get(task);
  if (!run) throw new Error(`Cannot run "${task}": there is no such task`);
  await markRunStarted(sql, task, dueAt);
  // Not waited for: the task is what matters.
  const begun = beat(deps, task, "run");
  try {
    const detail = await run(deps, signal, dueAt);
    await markRunFinished(sql, task, dueAt, { outcome: "done", detail });
    log.info({ task, dueAt, detail }, "Scheduled task done");
    await begun;
    await beat(deps, task, "complete");
  } catch (error) {
    await markRunFinished(sql, task, dueAt, { outcome: "failed", detail: faultLine(error) });
    await begun;
    await beat(deps, task, "fail");
    throw error;
  }
}
