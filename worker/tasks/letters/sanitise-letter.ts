import { createHash } from "node:crypto";
import { letterAddressOf } from "../../../shared/letter/address.ts";
import { readLetter, sealLetter } from "../../../shared/letter/files.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import { addressLines, searchableAddress } from "../../../shared/recipient/postal-address.ts";
import type { WorkerDeps } from "../../deps.ts";
import type { PreparedLetter } from "../../letters/precompiled/preparer.ts";
import {
  type Checked,
  findPrecompiled,
  markChecked,
  type PrecompiledLetter,
} from "../../letters/precompiled/queries.ts";

/** What the printer takes without asking. */
const ordinaryBytes = 2 * 1024 * 1024;

/**
 * Checks a scanned letter that a service made itself, and stores what is printed of it. Throws only to ask for another
 * attempt: where files cannot be reached.
 */
export async function sanitiseLetter(
  { notificationId }: Payload<"sanitise-letter">,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { sql, storage, cipher, preparer, log } = deps;
  const letter = await findPrecompiled(sql, notificationId);
  if (letter?.status !== "pending-virus-check") {
    log.info({ notificationId, status: letter?.status }, "This letter needs no check");
    return;
  }
  const original = await readLetter(deps, notificationId, "original", signal);
  if (original === null) throw new Error(`Cannot check ${notificationId}: its file is missing`);
  const originalBytes = original.byteLength;
  const prepared = await preparer.prepare(original, letter, signal);
  // The same letter gives the same file: it may be written twice.
  if (prepared.outcome === "valid") {
    await storage.put([await sealLetter(cipher, notificationId, "letter", prepared.pdf)], signal);
  }
  const moved = await markChecked(sql, await checkedOf(notificationId, letter, prepared, deps));
  if (!moved) log.info({ notificationId }, "The letter was cancelled or checked meanwhile");
  else report(notificationId, prepared, originalBytes, log);
}

async function checkedOf(
  notificationId: string,
  { keyType }: PrecompiledLetter,
  prepared: PreparedLetter,
  { cipher, now }: WorkerDeps,
): Promise<Checked> {
  const at = now();
  if (prepared.outcome === "refused") {
    const { code, pages, pageCount } = prepared;
    return {
      ...{ notificationId, to: "validation-failed", reason: code, billableUnits: 0, at, made: null },
      ...{ refusal: code, refusedPages: pages.length > 0 ? pages : null, pages: pageCount },
    };
  }
  const { pdf, pages, address } = prepared;
  const to = addressLines(address);
  return {
    notificationId,
    to: keyType === "test" ? "delivered" : "created",
    reason: null,
    billableUnits: Math.ceil(pages / 2),
    at,
    refusal: null,
    refusedPages: null,
    pages,
    made: {
      bytes: pdf.byteLength,
      sha256: createHash("sha256").update(pdf).digest(),
      to,
      normalisedTo: searchableAddress(address),
      address: await cipher.encrypt(to, letterAddressOf(notificationId)),
      zone: address.abroad?.zone ?? null,
    },
  };
}

function report(
  notificationId: string,
  prepared: PreparedLetter,
  originalBytes: number,
  log: WorkerDeps["log"],
): void {
  if (prepared.outcome === "refused") {
    const { code, pages, pageCount, reason } = prepared;
    log.warn({ notificationId, code, pages, pageCount, reason }, "A precompiled letter cannot be printed");
    return;
  }
  const { pages, redrawn, keptAddress, pdf } = prepared;
  log.debug({ notificationId, pages }, "A precompiled letter is fit to print");
  if (redrawn.length > 0) log.warn({ notificationId, redrawn }, "Pages of a letter became pictures");
  if (keptAddress) log.warn({ notificationId }, "A letter keeps its address as it was drawn");
  const bytes = pdf.byteLength;
  if (bytes > ordinaryBytes && originalBytes <= ordinaryBytes) {
    log.warn({ notificationId, originalBytes, bytes }, "A letter grew past 2 MB");
  }
}
