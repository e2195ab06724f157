import { completeBatches, findBatchWork, rowsOf } from "../../../shared/batch/process.ts";
import { storeRows } from "../../../shared/batch/rows.ts";
import { readRows } from "../../../shared/batch/rows-text.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import { findService } from "../../../shared/service/queries.ts";
import { findTemplateDetails } from "../../../shared/template/queries.ts";
import type { WorkerDeps } from "../../deps.ts";

/** Stores some of a batch's rows as notifications, with what delivers them. */
export async function processRows(
  { batchId, firstRow, body }: Payload<"process-rows">,
  { sql, cipher, log, now }: WorkerDeps,
): Promise<void> {
  const batch = await findBatchWork(sql, batchId);
  if (batch === null || batch.status === "cancelled") {
    log.warn({ batchId, firstRow, status: batch?.status ?? null }, "Rows of a batch that is not to be sent");
    return;
  }
  const [service, template] = await Promise.all([
    findService(sql, cipher, batch.serviceId),
    findTemplateDetails(sql, batch.serviceId, batch.templateId, batch.templateVersion),
  ]);
  if (service === null || template === null) {
    throw new Error(`Cannot store rows of batch ${batchId}: its service or its template is missing`);
  }
  const rows = [...readRows(await cipher.decrypt(body, rowsOf(batchId, firstRow)))];
  const { channel, keyType, senderId, serviceId } = batch;
  const { postage, contactBlock } = template;
  const sending = { channel, keyType, service, senderId, postage, contactBlock };
  const at = now();
  const stored = await storeRows({ db: sql, cipher }, { batchId, serviceId, firstRow, rows, sending, at });
  if (stored === null) {
    log.info({ batchId, firstRow }, "Rows of a batch were stored before");
    return;
  }
  const { skipped, failed } = stored;
  if (skipped > 0) {
    log.warn({ batchId, firstRow, skipped }, "Rows of a batch were skipped: their service is in trial mode");
  }
  if (failed > 0) log.warn({ batchId, firstRow, failed }, "Rows of a batch cannot be sent");
  // The last one; the task that looks for it every minute is the safety net.
  await completeBatches(sql, batchId, at);
}
