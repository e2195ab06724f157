import type { Db } from "../../../shared/database.ts";
import { findBatch, type LetterBatch } from "../../../shared/letter/batch.ts";
import { findPrintRun, type PrintRun } from "../../../shared/letter/print-run.ts";

/** Throws where there is no such print run. */
export async function getRun(db: Db, id: string): Promise<PrintRun> {
  const run = await findPrintRun(db, id);
  if (!run) throw new Error(`Cannot find the print run ${id}: there is none`);
  return run;
}

/** By id or name. Throws where there is no such batch. */
export async function getBatch(db: Db, idOrName: string): Promise<LetterBatch> {
  const batch = await findBatch(db, idOrName);
  if (!batch) throw new Error(`Cannot find the batch ${idOrName}: there is none`);
  return batch;
}

/** A run, or a batch, by its id. Throws where it is neither. */
export async function getRunOrBatch(
  db: Db,
  idOrName: string,
): Promise<{ run: PrintRun; batch: null } | { run: null; batch: LetterBatch }> {
  const batch = await findBatch(db, idOrName);
  if (batch) return { run: null, batch };
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(idOrName);
  const run = isId ? await findPrintRun(db, idOrName) : null;
  if (!run) throw new Error(`Cannot find ${idOrName}: there is no such print run or batch`);
  return { run, batch: null };
}
