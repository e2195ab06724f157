import {
  beginBatch,
  findBatchWork,
  finishBatch,
  listLostGroups,
  queueGroup,
  queueGroupAgain,
} from "../../../shared/batch/process.ts";
import { readWork } from "../../../shared/batch/process-file.ts";
import { groupRows, pickGroups } from "../../../shared/batch/rows-text.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import type { WorkerDeps } from "../../deps.ts";

/**
 * Queues a batch's rows, group by group (`spec/admin-api.md` 5.4). Whoever runs it again goes on behind the last group;
 * two at once make the same groups, each once.
 */
export async function processBatch(
  { batchId, again = false }: Payload<"process-batch">,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { sql, cipher, log, now } = deps;
  const status = await beginBatch(sql, batchId, now());
  const batch = await findBatchWork(sql, batchId);
  const isWorked = status === "in progress" || (again && status === "finished");
  if (batch === null || !isWorked) {
    log.info({ batchId, status }, "A batch is not to be worked");
    return;
  }
  const place = { db: sql, cipher };
  const rows = await readWork(deps, batch, signal);
  if (again) {
    const lost = await listLostGroups(sql, batch);
    for (const group of pickGroups(rows(), lost)) {
      signal.throwIfAborted();
      await queueGroupAgain(place, batch, group);
    }
    if (lost.length > 0) log.warn({ batchId, groups: lost.length }, "Rows of a batch were queued again");
  }
  if (status === "finished") return;
  for (const group of groupRows(rows(), batch.nextRow)) {
    signal.throwIfAborted();
    await queueGroup(place, batch, group, now());
  }
  await finishBatch(sql, batchId, now());
  log.info({ batchId, serviceId: batch.serviceId }, "All rows of a batch are queued");
}
