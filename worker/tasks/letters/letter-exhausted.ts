import { raiseAlert } from "../../../shared/alert/alert.ts";
import type { Changeable } from "../../../shared/notification/changeable.ts";
import { RetryIn } from "../../consume.ts";
import type { WorkerDeps } from "../../deps.ts";
import { hasPdf } from "../../letters/precompiled/queries.ts";
import { letterClaimSeconds } from "../../store.ts";
import { changeStatus } from "../finish.ts";

/** Ends a letter one of whose jobs has used up its retries, and has somebody look. */
export async function letterExhausted(letter: Changeable, deps: WorkerDeps): Promise<void> {
  const { sql, store, log, now } = deps;
  const { id: notificationId, status } = letter;
  if (status !== "created" && status !== "pending-virus-check") return;
  const isMade = status === "created" && (await hasPdf(sql, notificationId));
  // The last attempt may have made it and died before it could say so: the next print run takes it.
  if (isMade && deps.letters.via === "sftp") return;
  if (status === "created") {
    const claim = await store.claimLetter(notificationId);
    // Its last attempt may still be at the printer, and succeed.
    if (claim.outcome === "busy") throw new RetryIn(letterClaimSeconds, "A worker has this letter");
    if (claim.outcome === "handled") return;
  }
  const what = isMade ? "handed to the printer" : status === "created" ? "made" : "checked";
  const reason = `It could not be ${what} in all its attempts`;
  const ending = { to: "technical-failure", reason, by: null } as const;
  if (!(await changeStatus(deps, letter, ending))) return;
  log.error({ notificationId, status }, "Letter failed: no retries are left");
  await raiseAlert(sql, {
    subject: `letters-not-${what.replaceAll(" ", "-")}`,
    severity: "ticket",
    title: `Letters could not be ${what}`,
    facts: { latest_notification: notificationId },
    at: now(),
  });
}
