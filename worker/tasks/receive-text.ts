import { inboundSmsCallback } from "../../shared/callback/inbound-sms.ts";
import { openTextJob } from "../../shared/inbound/job.ts";
import { receivedTextOf } from "../../shared/inbound/queries.ts";
import type { Payload } from "../../shared/queue/jobs.ts";
import type { WorkerDeps } from "../deps.ts";

/**
 * Stores a text that somebody sent to a service and queues the callback with it (`spec/delivery.md` 6). STOP is a text
 * like any other. It counts as received when it is stored, so that who lists the newest misses none that came late.
 */
export async function receiveText(
  payload: Payload<"inbound-sms">,
  { store, cipher, log, now }: WorkerDeps,
): Promise<void> {
  const { subjectId: id, serviceId } = payload;
  const { content, receivedAt, ...text } = await openTextJob(payload, cipher);
  const [sealed, callback] = await Promise.all([
    cipher.encrypt(content, receivedTextOf(id)),
    inboundSmsCallback({ ...text, id, serviceId, content, receivedAt }, cipher),
  ]);
  const isNew = await store.receive({ ...text, id, serviceId, content: sealed, createdAt: now(), callback });
  const facts = { inboundSmsId: id, serviceId, provider: text.provider };
  log.info(facts, isNew ? "Text received" : "Text was received before");
}
