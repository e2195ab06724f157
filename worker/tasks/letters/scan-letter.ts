import { raiseAlert } from "../../../shared/alert/alert.ts";
import { readLetter } from "../../../shared/letter/files.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import type { WorkerDeps } from "../../deps.ts";
import { type Checked, findPrecompiled, markChecked, queueCheck } from "../../letters/precompiled/queries.ts";

/**
 * Has the virus scanner look at what a service sent as a letter. Throws only to ask for another attempt: where the
 * scanner or the file cannot be reached.
 */
export async function scanLetter(
  { notificationId }: Payload<"scan-letter">,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { sql, log, scanner } = deps;
  const letter = await findPrecompiled(sql, notificationId);
  if (letter?.status !== "pending-virus-check") {
    log.info({ notificationId, status: letter?.status }, "This letter needs no scan");
    return;
  }
  if (scanner === null) {
    // The API takes none then: it was configured when this one came.
    await end(notificationId, "technical-failure", "No virus scanner is configured", deps);
    return;
  }
  const pdf = await readLetter(deps, notificationId, "original", signal);
  if (pdf === null) throw new Error(`Cannot scan ${notificationId}: its file is missing`);
  const scan = await scanner.scan(pdf, signal);
  switch (scan.outcome) {
    case "clean": {
      const { serviceId } = letter;
      await queueCheck(sql, notificationId, {
        name: "sanitise-letter",
        data: { notificationId },
        groupId: serviceId,
      });
      return;
    }
    case "infected":
      log.error({ notificationId, signature: scan.name }, "A letter has a virus");
      await end(notificationId, "virus-scan-failed", `The scanner found ${scan.name}`, deps);
      return;
    case "error":
      throw new Error(`Cannot scan ${notificationId}: ${scan.reason}`);
  }
}

async function end(
  notificationId: string,
  to: Checked["to"] & ("virus-scan-failed" | "technical-failure"),
  reason: string,
  { sql, now }: WorkerDeps,
): Promise<void> {
  const at = now();
  await sql.begin(async (tx) => {
    const nothing = { billableUnits: 0, refusal: null, refusedPages: null, pages: null, made: null };
    if (!(await markChecked(tx, { notificationId, to, reason, at, ...nothing }))) return;
    await raiseAlert(tx, {
      subject: to === "virus-scan-failed" ? "letters-with-virus" : "letters-not-scanned",
      severity: "ticket",
      title:
        to === "virus-scan-failed"
          ? "A service sent a letter with a virus"
          : "A precompiled letter could not be scanned",
      facts: { latest_notification: notificationId, reason },
      at,
    });
  });
}
