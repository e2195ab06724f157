import { countPrintableLetters } from "../../../shared/overview/print-run.ts";
import type { WorkerDeps } from "../../deps.ts";

/** Counts, for who looks at today's printing, what the next run would print. */
export async function countLettersToPrint({ sql, now }: WorkerDeps): Promise<string> {
  return `${await countPrintableLetters(sql, now())} letters wait for the next print run`;
}
