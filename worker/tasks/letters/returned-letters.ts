import { returnedLetterCallback } from "../../../shared/callback/returned-letter.ts";
import { listReturned, markReturned, type Returned, returnable } from "../../../shared/letter/returned.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import type { WorkerDeps } from "../../deps.ts";

const group = 1000;
/** Of references in one line of the log. */
const mostNamed = 20;

/**
 * Notes that letters came back and tells their services, once each (`spec/letters.md` 5.6). Throws only to ask for
 * another attempt, which repeats nothing.
 */
export async function returnedLetters(
  { references, reportedAt }: Payload<"returned-letters">,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  for (let at = 0; at < references.length; at += group) {
    signal.throwIfAborted();
    await note(references.slice(at, at + group), reportedAt, deps);
  }
}

async function note(references: readonly string[], reportedAt: string, deps: WorkerDeps): Promise<void> {
  const { sql, cipher, log, now } = deps;
  const found = await listReturned(sql, references);
  const letters = found.filter(({ status }) => returnable.has(status));
  const told = await Promise.all(
    letters.map(async ({ letter, isToldOf }) => ({
      id: letter.id,
      serviceId: letter.serviceId,
      callback: isToldOf ? await returnedLetterCallback(letter, cipher) : null,
    })),
  );
  const counts = await markReturned(sql, told, { reportedAt, at: now() });
  log.info({ letters: references.length, ...counts }, "Letters came back");
  warnOf(references, found, log);
}

function warnOf(references: readonly string[], found: readonly Returned[], log: WorkerDeps["log"]): void {
  const known = new Set(found.map(({ reference }) => reference));
  const unknown = references.filter((reference) => !known.has(reference));
  if (unknown.length > 0) {
    log.warn(
      { letters: unknown.length, first: unknown.slice(0, mostNamed) },
      "Letters came back that nobody knows",
    );
  }
  const strange = found.filter(({ status }) => !returnable.has(status));
  if (strange.length > 0) {
    const first = strange.slice(0, mostNamed).map(({ reference, status }) => `${reference}: ${status}`);
    log.warn({ letters: strange.length, first }, "Letters came back that cannot have gone");
  }
}
