import type { Cipher } from "../encryption.ts";
import type { NewJob } from "../queue/enqueue.ts";
import { toTimestamp } from "../time/timestamp.ts";
import { callbackJob } from "./job.ts";
import { pythonJson } from "./python-json.ts";

/** What a service is told of a text that somebody sent to it. */
export interface TextTold {
  id: string;
  serviceId: string;
  userNumber: string;
  notifyNumber: string;
  content: string;
  /** By the provider's clock, where it said so. */
  providerDate: Date;
  /** When it reached us. */
  receivedAt: string;
}

/** The job that tells it, `spec/callbacks.md` 2 in its order; its body is encrypted, because it is what a person wrote. */
export async function inboundSmsCallback(
  text: TextTold,
  cipher: Cipher,
): Promise<NewJob<"service-callbacks">> {
  const { id, serviceId } = text;
  const body = pythonJson([
    ["id", id],
    ["source_number", text.userNumber],
    ["destination_number", text.notifyNumber],
    ["message", text.content],
    ["date_received", toTimestamp(text.providerDate)],
  ]);
  return await callbackJob(
    { type: "inbound_sms", serviceId, subjectId: id, body, reportedAt: text.receivedAt },
    cipher,
  );
}
