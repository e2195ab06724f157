import { noteProgress } from "../../../shared/letter/dvla-files.ts";
import { linesOf } from "../../../shared/letter/dvla-lines.ts";
import { isPrinted, type Response, readResponseLine } from "../../../shared/letter/response-line.ts";
import { type Applied, applyResponses, saysNothingNew } from "../../../shared/letter/response-statuses.ts";
import type { Status } from "../../../shared/notification/notification.ts";
import type { WorkerDeps } from "../../deps.ts";
import { FirstFew } from "./first-few.ts";

/** Letters of a file in one statement. */
const group = 1000;
/** After how many lines a person who looks is told how far it is. */
const progressLines = 10 * group;

/** How a response file went. */
export interface StatusTally {
  /** That are not blank. */
  lines: number;
  /** Letters it says were printed. */
  printed: number;
  /** Letters whose status it changed; had it been read before, none. */
  moved: number;
  /** References of letters that it says were not printed. */
  failed: FirstFew<string>;
  /** References that nobody knows. */
  unknown: FirstFew<string>;
  /** Letters that were neither on their way nor what the file says. */
  unexpected: FirstFew<{ reference: string; status: Status | null }>;
  /** Letters of which the printer counted other sheets than we did. */
  differences: FirstFew<{ reference: string; ours: number; theirs: number }>;
  /** Lines of which something cannot be read. */
  bad: FirstFew<{ line: number; faults: string[] }>;
  /** References that came before in the file: the first is believed. */
  repeated: FirstFew<string>;
}

/**
 * Moves the letters of a response file, a thousand lines at a time: a bad line stops none of the others
 * (`spec/letters.md` 5.4). May run again, which moves nothing twice.
 */
export async function applyStatuses(
  fileId: string,
  content: Uint8Array,
  { sql, now }: Pick<WorkerDeps, "sql" | "now">,
  signal: AbortSignal,
): Promise<StatusTally> {
  const tally = newTally();
  const seen = new Set<string>();
  let waiting: Response[] = [];
  const apply = async () => {
    signal.throwIfAborted();
    const applied = await applyResponses(sql, waiting, now());
    for (const [at, response] of waiting.entries()) count(tally, response, applied[at]);
    waiting = [];
  };
  for (const { number, text } of linesOf(content)) {
    tally.lines++;
    const { response, faults } = readResponseLine(text);
    if (faults.length > 0) tally.bad.add({ line: number, faults });
    if (response && seen.has(response.reference)) tally.repeated.add(response.reference);
    else if (response) {
      seen.add(response.reference);
      waiting.push(response);
    }
    if (waiting.length === group) await apply();
    if (tally.lines % progressLines === 0) await noteProgress(sql, fileId, tally.lines);
  }
  if (waiting.length > 0) await apply();
  return tally;
}

function newTally(): StatusTally {
  return {
    lines: 0,
    printed: 0,
    moved: 0,
    failed: new FirstFew(),
    unknown: new FirstFew(),
    unexpected: new FirstFew(),
    differences: new FirstFew(),
    bad: new FirstFew(),
    repeated: new FirstFew(),
  };
}

function count(tally: StatusTally, response: Response, applied: Applied | undefined): void {
  const { reference } = response;
  if (!applied || applied.notificationId === null) {
    tally.unknown.add(reference);
    return;
  }
  if (isPrinted(response)) tally.printed++;
  else tally.failed.add(reference);
  if (applied.moved) tally.moved++;
  else if (!saysNothingNew(applied)) tally.unexpected.add({ reference, status: applied.was });
  const { sheets: theirs } = response;
  const { sheets: ours } = applied;
  if (ours !== null && theirs !== null && ours !== theirs) tally.differences.add({ reference, ours, theirs });
}
