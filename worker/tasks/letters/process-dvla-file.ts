import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import { listUnacknowledged, unacknowledged } from "../../../shared/letter/acknowledged.ts";
import {
  type DvlaFile,
  findDvlaFile,
  markProcessed,
  readDvlaFile,
} from "../../../shared/letter/dvla-files.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import type { JobFacts } from "../../consume.ts";
import type { WorkerDeps } from "../../deps.ts";
import { applyAcknowledgement } from "../../letters/dvla/apply-acknowledgement.ts";
import { applyCounts } from "../../letters/dvla/apply-counts.ts";
import { applyStatuses } from "../../letters/dvla/apply-statuses.ts";
import { type Report, reportAcknowledgement, reportResponse, subjectOf } from "../../letters/dvla/report.ts";

import { alertOnLast } from "./alert-on-last.ts";

type Only = Payload<"process-dvla-file">["only"];

/**
 * Reads a file that the printer wrote, once: what became of batches or of letters. One that is to be read again had its
 * end taken away. Throws only to ask for another attempt.
 */
export async function processDvlaFile(
  payload: Payload<"process-dvla-file">,
  deps: WorkerDeps,
  signal: AbortSignal,
  { attempt }: Pick<JobFacts, "attempt">,
): Promise<void> {
  const { fileId } = payload;
  const job = { sql: deps.sql, queue: "process-dvla-file", attempt } as const;
  const title = "A file from the printer cannot be read";
  const alert = { subject: unreadSubject(fileId), title, facts: { file_id: fileId }, at: deps.now() };
  await alertOnLast(() => readOnce(payload, deps, signal), job, alert);
}

async function readOnce(
  { fileId, only }: Payload<"process-dvla-file">,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { sql, log, now } = deps;
  const file = await findDvlaFile(sql, fileId);
  if (!file || file.processedAt !== null) {
    log.info({ fileId }, "File from the printer was read already");
    return;
  }
  const { outcome, alert } = await read(file, only, deps, signal);
  const at = now();
  await sql.begin(async (tx) => {
    if (!(await markProcessed(tx, fileId, { outcome, at }))) return;
    if (alert) await raiseAlert(tx, { ...alert, at });
    else if (only === undefined) await resolveAlert(tx, subjectOf(file.name), at);
    await resolveAlert(tx, unreadSubject(fileId), at);
    if (file.kind === "acknowledgement" && (await listUnacknowledged(tx, at)).length === 0)
      await resolveAlert(tx, unacknowledged, at);
  });
  log.info({ fileId, file: file.name, kind: file.kind, outcome }, "Read a file from the printer");
}

function unreadSubject(fileId: string): string {
  return `dvla-file-unread:${fileId}`;
}

async function read(file: DvlaFile, only: Only, deps: WorkerDeps, signal: AbortSignal): Promise<Report> {
  const { id, name, kind, copyOf } = file;
  if (kind === "other") return { outcome: {}, alert: null };
  if (copyOf !== null) {
    deps.log.warn({ fileId: id, file: name, copyOf }, "File from the printer holds what another held");
    return { outcome: { copy_of: copyOf }, alert: null };
  }
  const content = await readDvlaFile(deps, id, signal);
  if (content === null) throw new Error(`Cannot read ${name}: its content is not stored`);
  if (kind === "acknowledgement") {
    return reportAcknowledgement(name, await applyAcknowledgement(name, content, deps, signal));
  }
  // Apart, so that what one cannot do the other does all the same.
  const statuses = only === "counts" ? null : await applyStatuses(id, content, deps, signal);
  const counts = only === "statuses" ? null : await applyCounts(name, content, deps, signal);
  if (statuses && statuses.differences.count > 0) {
    const { count, first } = statuses.differences;
    deps.log.error(
      { fileId: id, file: name, letters: count, first },
      "The printer counted other sheets than we did",
    );
  }
  return reportResponse(name, { statuses, counts });
}
