import { raiseAlert } from "../../../shared/alert/alert.ts";
import type { DeliverableLetter } from "../../../shared/dvla/deliverable.ts";
import { letterAddressOf } from "../../../shared/letter/address.ts";
import { readLetter } from "../../../shared/letter/files.ts";
import type { Claimed } from "../../../shared/notification/delivery.ts";
import type { AttemptStep } from "../../../shared/notification/timeline.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import { type PostalAddress, parsePostalAddress } from "../../../shared/recipient/postal-address.ts";
import { RetryIn } from "../../consume.ts";
import type { WorkerDeps } from "../../deps.ts";
import { provider } from "../../letters/http/credentials.ts";
import type { Dvla, PrintResult } from "../../letters/http/dvla.ts";
import { letterClaimSeconds } from "../../store.ts";
import { letGo } from "../deliver.ts";
import { failUnsent } from "../finish.ts";

/**
 * Hands one letter to the printer by HTTP (`spec/letters.md` 9.4). DVLA knows it by its notification's id and answers
 * 409 to one that it has: another attempt prints nothing twice. Throws only to ask for another attempt.
 */
export async function deliverLetter(
  { notificationId }: Payload<"deliver-letter">,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { store, log, dvla } = deps;
  if (!dvla) throw new Error("Cannot deliver a letter by HTTP: DVLA_HTTP_USERNAME is not set");
  const letter = await store.findLetter(notificationId);
  if (!letter?.isForPrint) {
    // What is held may be chosen by a later print run.
    log.info({ notificationId, status: letter?.status }, "Letter is not to be printed now");
    return;
  }
  const claim = await store.claimLetter(notificationId);
  if (claim.outcome === "busy") throw new RetryIn(letterClaimSeconds, "Another worker has this letter");
  if (claim.outcome === "handled") return;

  let retry: Error | null;
  try {
    retry = await handOver(claim.notification, letter, { dvla, deps, signal });
  } catch (error) {
    // After our own abort DVLA may have it: the claim stays until it lapses.
    if (!signal.aborted) await letGo(claim.notification, error, deps);
    throw error;
  }
  if (retry) throw retry;
}

interface Means {
  dvla: Dvla;
  deps: WorkerDeps;
  signal: AbortSignal;
}

/** Answers with what asks for another attempt, where it takes one; what became of this one is stored. */
async function handOver(
  notification: Claimed,
  letter: DeliverableLetter,
  { dvla, deps, signal }: Means,
): Promise<Error | null> {
  const { id: notificationId, serviceId, claim } = notification;
  const { store, now, log, metrics } = deps;
  const pdf = await readLetter(deps, notificationId, "letter", signal);
  if (!pdf) return await fail(notificationId, "Its PDF is missing", [], deps);
  if ((await sha256Of(pdf)) !== letter.sha256)
    return await fail(notificationId, "Its PDF is not the one that was made", [], deps);

  const { reference, postage, sheets } = letter;
  const address = await addressOf(notification, letter, deps);
  const printable = { notificationId, serviceId, reference, postage, address, pdf };
  const statusUrl = await deps.createLetterStatusUrl(notificationId);
  const began = now();
  const startedAt = performance.now();
  const result = await dvla.print(printable, statusUrl, signal);
  const durationMs = performance.now() - startedAt;
  metrics.asked(provider, result.outcome === "throttled" ? "unavailable" : result.outcome, durationMs / 1000);

  switch (result.outcome) {
    case "accepted": {
      const sent = { id: notificationId, by: provider, at: now(), status: "sending", durationMs } as const;
      await store.sent({ ...sent, reference: null, billableUnits: sheets, next: [] });
      log.debug({ notificationId, isRepeat: result.isRepeat }, "Printer took a letter");
      return null;
    }
    case "rejected":
      return await fail(notificationId, result.reason, [attemptStep(result, began, durationMs)], deps);
    default: {
      const tried = { by: provider, billableUnits: sheets };
      await store.release({
        id: notificationId,
        claim,
        tried,
        attempt: attemptStep(result, began, durationMs),
      });
      return retryOf(result);
    }
  }
}

type NotTaken = Exclude<PrintResult, { outcome: "accepted" }>;

function attemptStep({ outcome, reason }: NotTaken, at: Date, durationMs: number): AttemptStep {
  const noted = outcome === "rejected" ? "rejected" : "unavailable";
  return { kind: "attempt", at, provider, outcome: noted, durationMs, words: reason };
}

/** The queue's own delay: many that are asked to wait must not use up their attempts sooner. */
const leastThrottledSeconds = 180;

function retryOf(result: Exclude<NotTaken, { outcome: "rejected" }>): Error {
  if (result.outcome === "unavailable") return new Error(result.reason);
  return new RetryIn(Math.max(leastThrottledSeconds, result.retryAfterSeconds), result.reason);
}

/** As it was read from a letter that a service made; else as we print it. */
async function addressOf(
  { id, to }: Claimed,
  { precompiled, address }: DeliverableLetter,
  { cipher }: WorkerDeps,
): Promise<PostalAddress> {
  if (!precompiled) return parsePostalAddress(to);
  if (address === null) throw new Error("Cannot deliver a letter: its address was never read");
  return parsePostalAddress(await cipher.decrypt(address, letterAddressOf(id)));
}

/** Ends it for good, and has somebody look. */
async function fail(
  notificationId: string,
  reason: string,
  steps: readonly AttemptStep[],
  deps: WorkerDeps,
): Promise<null> {
  deps.log.error({ notificationId, reason }, "Letter cannot be handed to the printer");
  await raiseAlert(deps.sql, {
    subject: "letters-not-handed-over",
    severity: "ticket",
    title: "Letters could not be handed to the printer",
    facts: { latest_notification: notificationId, reason },
    at: deps.now(),
  });
  await failUnsent(deps, notificationId, reason, steps);
  return null;
}

async function sha256Of(pdf: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", pdf)).toHex();
}
