import type { JobName } from "../shared/queue/jobs.ts";
import type { Task } from "./consume.ts";
import type { WorkerDeps } from "./deps.ts";
import { applySesReceipt, applySmsReceipt } from "./tasks/apply-receipt.ts";
import { processBatch } from "./tasks/batches/process-batch.ts";
import { processRows } from "./tasks/batches/process-rows.ts";
import { publishAlerts } from "./tasks/broadcasts/publish-alerts.ts";
import { sendBroadcastMessage } from "./tasks/broadcasts/send-broadcast-message.ts";
import { deliverEmail } from "./tasks/deliver-email.ts";
import { deliverResearch } from "./tasks/deliver-research.ts";
import { deliverSms } from "./tasks/deliver-sms.ts";
import { deliveryExhausted } from "./tasks/delivery-exhausted.ts";
import { collateLetters } from "./tasks/letters/collate-letters.ts";
import { createLetterPdf } from "./tasks/letters/create-letter-pdf.ts";
import { deliverLetter } from "./tasks/letters/deliver-letter.ts";
import { drawLetterPages } from "./tasks/letters/draw-letter-pages.ts";
import { fakeLetterResponse } from "./tasks/letters/fake-letter-response.ts";
import { processDvlaFile } from "./tasks/letters/process-dvla-file.ts";
import { returnedLetters } from "./tasks/letters/returned-letters.ts";
import { sanitiseLetter } from "./tasks/letters/sanitise-letter.ts";
import { scanLetter } from "./tasks/letters/scan-letter.ts";
import { sendLetterVolumes } from "./tasks/letters/send-letter-volumes.ts";
import { uploadLetterBatch } from "./tasks/letters/upload-letter-batch.ts";
import { maintain } from "./tasks/maintain.ts";
import { receiveText } from "./tasks/receive-text.ts";
import { replayCallbacks } from "./tasks/replay-callbacks.ts";
import { deleteNotifications } from "./tasks/retention/delete-notifications.ts";
import { sendAlerts } from "./tasks/send-alerts.ts";
import { sendCallback } from "./tasks/send-callback.ts";
import { testCallback } from "./tasks/test-callback.ts";

/** Who works each queue. `dead-letters` waits for a person, what is parked for `tend-callbacks`. */
export function createTasks(
  deps: WorkerDeps,
): Record<Exclude<JobName, "dead-letters" | "service-callbacks-parked">, Task> {
  return {
    "deliver-sms": (payload, signal) => deliverSms(payload, deps, signal),
    "deliver-email": (payload, signal) => deliverEmail(payload, deps, signal),
    "deliver-research": (payload) => deliverResearch(payload, deps),
    "delivery-exhausted": (payload) => deliveryExhausted(payload, deps),
    "sms-receipts": (payload) => applySmsReceipt(payload, deps),
    "ses-receipts": (payload) => applySesReceipt(payload, deps),
    "inbound-sms": (payload) => receiveText(payload, deps),
    "service-callbacks": (payload, signal, job) => sendCallback(payload, deps, signal, job),
    "service-callbacks-retry": (payload, signal, job) => sendCallback(payload, deps, signal, job),
    "service-callbacks-replay": (payload, signal, job) => sendCallback(payload, deps, signal, job),
    "callback-replays": (payload, signal, job) => replayCallbacks(payload, deps, signal, job),
    "callback-tests": (payload, signal) => testCallback(payload, deps, signal),
    "create-letter-pdf": (payload, signal) => createLetterPdf(payload, deps, signal),
    "scan-letter": (payload, signal) => scanLetter(payload, deps, signal),
    "sanitise-letter": (payload, signal) => sanitiseLetter(payload, deps, signal),
    "collate-letters": (payload, signal, job) => collateLetters(payload, deps, signal, job),
    "upload-letter-batch": (payload, signal, job) => uploadLetterBatch(payload, deps, signal, job),
    "send-letter-volumes": (payload, signal) => sendLetterVolumes(payload, deps, signal),
    "deliver-letter": (payload, signal) => deliverLetter(payload, deps, signal),
    "process-dvla-file": (payload, signal, job) => processDvlaFile(payload, deps, signal, job),
    "returned-letters": (payload, signal) => returnedLetters(payload, deps, signal),
    "fake-letter-response": (payload, signal) => fakeLetterResponse(payload, deps, signal),
    "draw-letter-pages": (payload, signal) => drawLetterPages(payload, deps, signal),
    "delete-notifications": (payload, signal) => deleteNotifications(payload, deps, signal),
    "process-batch": (payload, signal) => processBatch(payload, deps, signal),
    "process-rows": (payload) => processRows(payload, deps),
    "send-alerts": (payload, signal) => sendAlerts(payload, deps, signal),
    "send-broadcast-message": (payload, signal) => sendBroadcastMessage(payload, deps, signal),
    "publish-govuk-alerts": (_payload, signal) => publishAlerts(deps, signal),
    maintenance: (payload, signal) => maintain(payload, deps, signal),
  };
}
