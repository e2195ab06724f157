/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { BatchStatus } from "../../../shared/batch/batch.ts";

const words: Readonly<Record<BatchStatus, readonly [word: string, kind: string]>> = {
  pending: ["about to begin", ""],
  "in progress": ["making messages", ""],
  finished: ["making messages", ""],
  "finished all notifications created": ["done", "good"],
  "sending limits exceeded": ["daily limit reached", "bad"],
  scheduled: ["scheduled", ""],
  cancelled: ["cancelled", "bad"],
  error: ["stopped by an error", "bad"],
};

/** Where a batch stands, in words. */
export function BatchState({ status }: { status: BatchStatus }) {
  const [word, kind] = words[status];
  return <span class={`tag ${kind}`.trim()}>{word}</span>;
}

const underWay: ReadonlySet<BatchStatus> = new Set(["pending", "in progress", "finished"]);

/** Whether its messages are still being made. */
export function isUnderWay(status: BatchStatus): boolean {
  return underWay.has(status);
}
