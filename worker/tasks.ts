import type { JobName } from "../shared/queue/jobs.ts";
import type { Task } from "./consume.ts";
import type { WorkerDeps } from "./deps.ts";
import { applySesReceipt, applySmsReceipt } from "./tasks/apply-receipt.ts";
import { deliverEmail } from "./tasks/deliver-email.ts";
import { deliverResearch } from "./tasks/deliver-research.ts";
import { deliverSms } from "./tasks/deliver-sms.ts";
import { deliveryExhausted } from "./tasks/delivery-exhausted.ts";
import { maintain } from "./tasks/maintain.ts";
import { receiveText } from "./tasks/receive-text.ts";
import { sendCallback } from "./tasks/send-callback.ts";

/** Who works each queue. `dead-letters` waits for a person. */
export function createTasks(deps: WorkerDeps): Record<Exclude<JobName, "dead-letters">, Task> {
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
    maintenance: (payload, signal) => maintain(payload, deps, signal),
  };
}
