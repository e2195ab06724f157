import { compareStorage } from "../../../shared/retention/storage-check.ts";
import type { WorkerDeps } from "../../deps.ts";
import { judge } from "../../letters/dvla/judge.ts";

const dayMs = 24 * 3_600_000;

/** Looks, each week, for PDFs without letters and letters without PDFs (`spec/schedule.md` 8, "Ours"). */
export async function checkStorage(deps: WorkerDeps): Promise<string> {
  const before = new Date(deps.now().getTime() - dayMs);
  const { files, orphans, missing } = await compareStorage(deps.sql, before);
  // They are in S3 then, or there are none.
  if (files === 0) return "No files are kept in Postgres";
  await judge(deps, orphans + missing > 0, {
    subject: "storage-differs",
    title: "Files and letters do not agree",
    facts: { pdfs_without_letter: orphans, letters_without_pdf: missing },
  });
  return `${orphans} PDFs without a letter, ${missing} letters without a PDF`;
}
