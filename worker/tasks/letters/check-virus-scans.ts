import { readLetter } from "../../../shared/letter/files.ts";
import type { WorkerDeps } from "../../deps.ts";
import { judge } from "../../letters/dvla/judge.ts";
import {
  listGivenUpChecks,
  listStuckChecks,
  queueCheck,
  type Waiting,
} from "../../letters/precompiled/queries.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** What a run looks at; the next goes on. */
const mostLetters = 500;
/** What an alert names; all that it counts. */
const mostNamed = 20;

/** Letters that have waited for their checks from ten minutes to two hours, every ten minutes. */
export async function checkVirusScans(deps: WorkerDeps, signal: AbortSignal, dueAt: string): Promise<string> {
  const due = new Date(dueAt).getTime();
  return await scanAgain(deps, signal, {
    from: new Date(due - 120 * minuteMs),
    to: new Date(due - 10 * minuteMs),
  });
}

/** The same each night for those of the last three days; what is older is given up. */
export async function checkVirusScansNightly(
  deps: WorkerDeps,
  signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  const due = new Date(dueAt).getTime();
  const detail = await scanAgain(deps, signal, {
    from: new Date(due - 3 * dayMs),
    to: new Date(due - 10 * minuteMs),
  });
  const givenUp = await listGivenUpChecks(deps.sql, {
    from: new Date(due - 5 * dayMs),
    to: new Date(due - 3 * dayMs),
    limit: mostLetters,
  });
  await judge(deps, givenUp.length > 0, {
    subject: "letters-pending-virus-check:given-up",
    title: "Letters still pending virus check after three days",
    facts: factsOf(givenUp),
  });
  return `${detail}; ${givenUp.length} are given up`;
}

/** Queues the scan of letters without a job whose files are there, and says which have none. */
async function scanAgain(
  deps: WorkerDeps,
  signal: AbortSignal,
  ages: { from: Date; to: Date },
): Promise<string> {
  const { sql, log } = deps;
  const letters = await listStuckChecks(sql, { ...ages, limit: mostLetters });
  const missing: Waiting[] = [];
  let queued = 0;
  for (const letter of letters) {
    signal.throwIfAborted();
    const { id, serviceId } = letter;
    if ((await readLetter(deps, id, "original", signal)) === null) {
      missing.push(letter);
      continue;
    }
    const job = { name: "scan-letter", data: { notificationId: id }, groupId: serviceId } as const;
    if (await queueCheck(sql, id, job)) queued += 1;
  }
  if (queued > 0) log.error({ letters: queued }, "Letters had lost their virus checks: queued again");
  await judge(deps, missing.length > 0, {
    subject: "letters-pending-virus-check",
    title: "Letters still pending virus check, and their files are missing",
    facts: factsOf(missing),
  });
  return `Queued ${queued} scans again; ${missing.length} letters have no file`;
}

function factsOf(letters: readonly Waiting[]) {
  return {
    letters: letters.length,
    which: letters.slice(0, mostNamed).map(({ id, reference }) => `${id} ${reference}`),
  };
}
