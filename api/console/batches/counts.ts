import type { StatusCount } from "../../../shared/batch/statistics.ts";

/** What became of a batch's messages, in a few words. */
export interface Outcome {
  /** On their way, or not yet. */
  sending: number;
  delivered: number;
  failed: number;
  cancelled: number;
}

const onTheirWay = new Set(["created", "sending", "pending", "pending-virus-check"]);
/** What goes abroad is `sent`, and no more is heard of it. */
const arrived = new Set(["delivered", "sent"]);

export function outcomeOf(counts: readonly StatusCount[]): Outcome {
  const outcome: Outcome = { sending: 0, delivered: 0, failed: 0, cancelled: 0 };
  for (const { status, count } of counts) outcome[partOf(status)] += count;
  return outcome;
}

function partOf(status: string): keyof Outcome {
  if (onTheirWay.has(status)) return "sending";
  if (arrived.has(status)) return "delivered";
  return status === "cancelled" ? "cancelled" : "failed";
}
