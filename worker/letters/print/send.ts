import { raiseAlert } from "../../../shared/alert/alert.ts";
import type { Db } from "../../../shared/database.ts";
import type { ClaimedBatch } from "../../../shared/letter/batch-claim.ts";
import {
  abandonUnsent,
  markPlacing,
  markUploadingAgain,
  measureMembers,
} from "../../../shared/letter/batch-upload.ts";
import type { WorkerDeps } from "../../deps.ts";
import type { Sftp } from "../sftp/sftp.ts";
import type { HeldClaim } from "./claim.ts";
import { type ZipTally, zipOf } from "./contents.ts";
import { findZip, type Places } from "./place.ts";
import { streamOf } from "./stream.ts";
import { zipBytes } from "./zip.ts";

interface Sending {
  deps: WorkerDeps;
  sftp: Sftp;
  batch: ClaimedBatch;
  claim: HeldClaim;
  /** The folder that zips go to. */
  folder: string;
  /** A name that nothing on the far side has yet; null where zips go straight under their names. */
  temporaryName: string | null;
}

/**
 * Brings a batch's zip to the printer, or finds that it is there, whatever became of attempts before (`spec/letters.md`
 * 4.6, 4.8 and 10). Until its name is given in `placing`, an attempt begins anew; from then on the zip is whole, and
 * is only looked for. Answers false where no letter was left to send: then the batch is abandoned.
 *
 * Where zips go straight under their names (`temporaryName` null), one that was taken half written is sent again under
 * the same name, which the printer then knows to be the better one; one that was taken whole in the moment before that
 * could be noted is sent twice under the same name, and the printer ignores the second.
 */
export async function placeZip(sending: Sending): Promise<boolean> {
  const { sftp, batch, temporaryName } = sending;
  const places = (temporary: string | null): Places => ({
    final: `${sending.folder}/${batch.name}`,
    temporary: temporary === null ? null : `${sending.folder}/${temporary}`,
  });
  if (batch.state === "placing" && batch.zipBytes !== null) {
    const earlier = places(batch.temporaryName);
    const found = await findZip(sftp, earlier, batch.zipBytes);
    sending.deps.log.info({ batchId: batch.id, batch: batch.name, found }, "Looked for a zip sent before");
    if (found === "there" || found === "taken") return true;
    if (found === "named-otherwise" && temporaryName !== null && earlier.temporary !== null) {
      await sftp.rename(earlier.temporary, earlier.final);
      return true;
    }
    await ours(
      sending.claim.use((claim) => markUploadingAgain(sending.deps.sql, { ...batch, claim }, temporaryName)),
    );
    if (earlier.temporary !== null) await sftp.remove(earlier.temporary);
  }
  if (batch.leftover !== null) await sftp.remove(`${sending.folder}/${batch.leftover}`);
  return await sendAnew(sending, places(temporaryName));
}

async function sendAnew(sending: Sending, { final, temporary }: Places): Promise<boolean> {
  const { deps, sftp, batch, claim } = sending;
  const { sql } = deps;
  const wanted = zipBytes(await measureMembers(sql, batch.id));
  const before = await sftp.stat(final);
  if (before?.size === wanted) {
    await place(sending, { letters: batch.letters, bytes: wanted, dropped: [] });
    return true;
  }

  const tally: ZipTally = { letters: 0, bytes: 0, dropped: [] };
  const target = temporary ?? final;
  const pieces = zipOf(deps, batch.id, tally, claim.signal);
  const sent = await sftp.upload(target, streamOf(loggedProgress(pieces, sending, tally, wanted)));
  claim.signal.throwIfAborted();
  if (tally.letters === 0) {
    await sftp.remove(target);
    await giveUp(sending, tally);
    return false;
  }
  // The printer may take what has its name before it can be looked at; what has not must be whole before it gets one.
  if (temporary !== null) await assertSize(sftp, temporary, tally.bytes);
  else if (sent !== tally.bytes)
    throw new Error(`Cannot send ${batch.name}: ${sent} of ${tally.bytes} bytes went`);
  await place(sending, tally);
  if (temporary !== null) {
    // A piece, left by an attempt that wrote straight under the name.
    if (before) await sftp.remove(final);
    await sftp.rename(temporary, final);
    return true;
  }
  if ((await findZip(sftp, { final, temporary }, tally.bytes)) !== "spoilt") return true;
  await ours(claim.use((mine) => markUploadingAgain(sql, { ...batch, claim: mine }, null)));
  throw new Error(`Cannot send ${batch.name}: less than was sent is there`);
}

async function assertSize(sftp: Sftp, path: string, bytes: number): Promise<void> {
  const there = await sftp.stat(path);
  if (there?.size !== bytes) {
    throw new Error(`Cannot send a zip: ${there?.size ?? 0} of its ${bytes} bytes are there`);
  }
}

/** Notes that the zip is there whole, and what is not in it, before it gets its name. */
async function place({ deps, batch, claim }: Sending, tally: ZipTally): Promise<void> {
  const { sql } = deps;
  const marked = claim.use((mine) =>
    sql.begin(async (tx) => {
      const isOurs = await markPlacing(
        tx,
        { id: batch.id, claim: mine },
        { zipBytes: tally.bytes, dropped: tally.dropped },
      );
      if (isOurs) await tellOfDropped(tx, deps, batch, tally);
      return isOurs;
    }),
  );
  await ours(marked);
}

async function giveUp({ deps, batch }: Sending, tally: ZipTally): Promise<void> {
  await deps.sql.begin(async (tx) => {
    const fault = "None of its letters could be sent";
    const { dropped } = tally;
    const isOurs = await abandonUnsent(tx, { id: batch.id, dropped, fault, at: deps.now() });
    if (isOurs) await tellOfDropped(tx, deps, batch, tally);
  });
}

/** Letters that somebody cancelled are missed by nobody. */
async function tellOfDropped(
  tx: Db,
  { log, now }: WorkerDeps,
  { id, name }: ClaimedBatch,
  { dropped }: ZipTally,
): Promise<void> {
  for (const { notificationId, reason } of dropped) {
    log.warn({ batchId: id, notificationId, reason }, "A letter was left out of its batch");
  }
  const missed = dropped.filter(({ reason }) => reason !== "It is cancelled");
  if (missed.length === 0) return;
  await raiseAlert(tx, {
    subject: `letters-dropped:${id}`,
    severity: "ticket",
    title: "Letters were left out of a batch for the printer",
    facts: {
      batch: name,
      letters: missed.length,
      ids: missed.slice(0, 20).map(({ notificationId }) => notificationId),
      reasons: [...new Set(missed.map(({ reason }) => reason))],
    },
    at: now(),
  });
}

async function ours(marked: Promise<boolean>): Promise<void> {
  if (!(await marked)) throw new Error("Cannot go on: another worker has this batch");
}

const progressMs = 10_000;

/** The same pieces, told of in the log from time to time. */
async function* loggedProgress(
  pieces: AsyncGenerator<Uint8Array>,
  { deps: { log }, batch }: Sending,
  tally: ZipTally,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let toldAt = performance.now();
  for await (const piece of pieces) {
    yield piece;
    if (performance.now() - toldAt < progressMs) continue;
    toldAt = performance.now();
    log.info({ batchId: batch.id, sentBytes: tally.bytes, ofBytes: bytes }, "A batch is being sent");
  }
}
