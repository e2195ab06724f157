import { derivedId } from "../../shared/queue/derived-id.ts";
import { enqueue, type NewJob } from "../../shared/queue/enqueue.ts";
import { parseSnsSmsReceipt } from "../../shared/receipt/sns-sms.ts";
import { movePosition, openPosition } from "../../shared/receipt/sns-sms-position.ts";
import type { WorkerDeps } from "../deps.ts";
import type { LogPage, SnsLog } from "../providers/sns-log.ts";

/** How late a line may come into the log: as much is read again each time, of which only what is new makes a job. */
const overlapMs = 15 * 60_000;

/** Where more waits, the next run goes on. */
const budgetMs = 90_000;

/**
 * Takes receipts of texts by SNS out of the log that SNS writes, into the queue that all receipts go through. Does not
 * throw when the log cannot be read: the next run goes on where this one stopped.
 */
export async function readSnsReceipts(deps: WorkerDeps, signal: AbortSignal): Promise<string> {
  const { snsLog } = deps;
  if (snsLog === null) return "SNS is not configured here";
  const read = await Promise.all(
    snsLog.groups.map((group) =>
      readGroup(group, snsLog, deps, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        deps.log.error({ err: error }, "Cannot read receipts of texts by SNS");
        return null;
      }),
    ),
  );
  return `Read ${read.map((lines) => lines ?? "no").join(" and ")} lines`;
}

async function readGroup(group: string, log: SnsLog, deps: WorkerDeps, signal: AbortSignal): Promise<number> {
  const { sql, now } = deps;
  const startedAt = now();
  const until = performance.now() + budgetMs;
  const settledAt = new Date(startedAt.getTime() - overlapMs);
  const from = await openPosition(sql, group, settledAt);
  // Lines come in their order, so those before this one are read.
  let reached = from;
  let lines = 0;
  let next: string | null = null;
  try {
    do {
      const page: LogPage = await log.page({ group, from, next }, signal);
      await takePage(page, deps);
      lines += page.lines.length;
      for (const { at } of page.lines) reached = later(reached, at);
      next = page.next;
    } while (next !== null && performance.now() < until);
    if (next === null) reached = startedAt;
  } finally {
    await movePosition(sql, group, { from, to: earlier(reached, settledAt) });
  }
  return lines;
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}

/** Jobs have ids made of their lines': while one is kept, its line read again makes no other. */
async function takePage({ lines }: LogPage, { sql, now, log }: WorkerDeps): Promise<void> {
  const receivedAt = now();
  const jobs = await Promise.all(
    lines.map(async ({ id, at, text }): Promise<NewJob<"sms-receipts"> | null> => {
      const data = parseSnsSmsReceipt(text, { happenedAt: at, receivedAt });
      return data && { name: "sms-receipts", id: await derivedId(`sns ${id}`), data };
    }),
  );
  const receipts = jobs.filter((job) => job !== null);
  if (receipts.length < lines.length) {
    log.warn({ lines: lines.length - receipts.length }, "Lines of SNS's log that are no receipts");
  }
  await enqueue(sql, receipts);
}
