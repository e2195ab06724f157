import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import { type ClaimedBatch, claimBatch, releaseBatch } from "../../../shared/letter/batch-claim.ts";
import {
  abandonUnsent,
  type Marked,
  markLettersSent,
  markUploaded,
} from "../../../shared/letter/batch-upload.ts";
import { faultLine } from "../../../shared/log.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import { type JobFacts, RetryIn } from "../../consume.ts";
import type { WorkerDeps } from "../../deps.ts";
import { claimTiming, type HeldClaim, holdClaim } from "../../letters/print/claim.ts";
import { placeZip } from "../../letters/print/send.ts";
import { alertOnLast } from "./alert-on-last.ts";

const markedAtOnce = 1000;

/** Sends one batch of a print run to the printer and moves its letters to `sending`. */
export async function uploadLetterBatch(
  { batchId }: Payload<"upload-letter-batch">,
  deps: WorkerDeps,
  signal: AbortSignal,
  { attempt }: JobFacts,
): Promise<void> {
  const { sql, now } = deps;
  await alertOnLast(
    () => attemptUpload(batchId, deps, signal),
    { sql, queue: "upload-letter-batch", attempt },
    {
      subject: `letter-batch:${batchId}`,
      title: "A batch of letters could not be sent to the printer",
      facts: { batchId },
      at: now(),
    },
  );
}

async function attemptUpload(batchId: string, deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const { sql, log, now, letters, openSftp } = deps;
  if (!openSftp || !letters.sftp) throw new Error("Cannot send letters: no printer is configured");
  const temporaryName = letters.sftp.renames ? `${batchId}.${crypto.randomUUID()}.part` : null;
  const result = await claimBatch(sql, batchId, { temporaryName, seconds: claimTiming.seconds });
  switch (result.outcome) {
    case "busy":
      throw new RetryIn(claimTiming.seconds, "Another worker has this batch, or died over it");
    case "handled":
      log.info({ batchId, state: result.state }, "A batch is handled already");
      await resolveAlert(sql, `letter-batch:${batchId}`, now());
      return;
    case "held":
      await sql.begin((tx) =>
        abandonUnsent(tx, { id: batchId, dropped: [], fault: "The service is held or suspended", at: now() }),
      );
      log.warn({ batchId }, "A batch is not sent: its service is held or suspended");
      return;
  }
  const { batch } = result;
  await using claim = holdClaim(deps, batch, signal, claimTiming);
  try {
    await using sftp = await openSftp(claim.signal);
    const startedAt = performance.now();
    const isPlaced = await placeZip({
      deps,
      sftp,
      batch,
      claim,
      folder: letters.sftp.uploadDir,
      temporaryName,
    });
    if (isPlaced) await finish(batch, claim, deps);
    const seconds = (performance.now() - startedAt) / 1000;
    log.info({ batchId, batch: batch.name, isPlaced, seconds }, "A batch was handled");
  } catch (error) {
    const fault = faultLine(error);
    // Whatever it is, the next attempt need not wait for the claim to lapse; where this fails too, it does.
    await claim
      .use((mine) => releaseBatch(sql, { id: batchId, claim: mine, fault }))
      .catch((again) => log.warn({ batchId, err: again }, "Cannot let go of a batch"));
    throw error;
  }
  await resolveAlert(sql, `letter-batch:${batchId}`, now());
}

/** The printer has the zip: so its letters say, each once though this may be cut short and run again. */
async function finish(batch: ClaimedBatch, claim: HeldClaim, { sql, log, now }: WorkerDeps): Promise<void> {
  const at = now();
  const strange: Marked["strange"] = [];
  let after: number | null = -1;
  while (after !== null) {
    claim.signal.throwIfAborted();
    const marked: Marked = await markLettersSent(sql, { batchId: batch.id, after, limit: markedAtOnce, at });
    strange.push(...marked.strange);
    after = marked.last;
  }
  if (strange.length > 0) {
    await raiseAlert(sql, {
      subject: `letters-sent-unexpectedly:${batch.id}`,
      severity: "ticket",
      title: "Letters went to the printer though they had ended",
      facts: {
        batch: batch.name,
        letters: strange.length,
        ids: strange
          .slice(0, 20)
          .map(({ notificationId, status }) => `${notificationId} ${status ?? "deleted"}`),
      },
      at,
    });
  }
  const isOurs = await claim.use((mine) => markUploaded(sql, { id: batch.id, claim: mine, at }));
  if (!isOurs) throw new Error("Cannot end a batch: another worker has it");
  log.info({ batchId: batch.id, batch: batch.name, letters: batch.letters }, "A batch is with the printer");
}
