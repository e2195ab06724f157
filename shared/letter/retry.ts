import type { Db } from "../database.ts";
import { enqueue } from "../queue/enqueue.ts";
import { type LetterBatch, listBatches } from "./batch.ts";
import { collatingJob, type PrintRun, uploadingJob } from "./print-run.ts";

const unsent: ReadonlySet<string> = new Set(["planned", "uploading", "placing"]);

/**
 * Queues what is left of a print run, or one batch, again; answers how many jobs. One that waits already does no harm:
 * whoever comes second finds the batch sent.
 */
export async function retryPrinting(
  db: Db,
  of: { run: PrintRun; batch: null } | { run: null; batch: LetterBatch },
): Promise<number> {
  const { run, batch } = of;
  const batches = batch ? [batch] : await listBatches(db, run.id);
  const jobs =
    run?.status === "planning"
      ? [collatingJob(run.id)]
      : batches.filter(({ state }) => unsent.has(state)).map((each) => uploadingJob(each.id));
  await enqueue(db, jobs);
  return jobs.length;
}
