import type { Network } from "../../shared/broadcast/broadcast.ts";
import type { CbcPayload } from "../../shared/broadcast/cbc-payload.ts";
import type { Log } from "../../shared/log.ts";
import { type CallCbc, functionOf, type Site } from "./cbc-proxy.ts";

/** What came of telling a network: the function that has it, or why none has. */
export type Told =
  | { outcome: "acknowledged"; by: string }
  | { outcome: "refused"; reason: string }
  | { outcome: "failed"; reason: string }
  /** The message is not ours to send any more. */
  | { outcome: "lost" };

export interface Telling {
  network: Network;
  /** The sites in the order in which they are tried. */
  order: readonly Site[];
  payload: CbcPayload;
  /** Asked before another site is tried: whether the message is still ours to send. */
  mayGoOn: () => Promise<boolean>;
}

/**
 * Tells a network by one of its sites, in the order given, and by the other where the first failed in whatever way: the
 * same document, so that one who got it already knows it again. Throws when `signal` aborts it, or `mayGoOn` does.
 */
export async function tellNetwork(
  { callCbc, log }: { callCbc: CallCbc; log: Log },
  { network, order, payload, mayGoOn }: Telling,
  signal: AbortSignal,
): Promise<Told> {
  const failures: string[] = [];
  for (const [at, site] of order.entries()) {
    if (at > 0 && !(await mayGoOn())) return { outcome: "lost" };
    const by = functionOf(network, site);
    const result = await callCbc(network, site, payload, signal);
    if (result.outcome === "acknowledged") return { outcome: "acknowledged", by };
    const { reason } = result;
    log.warn({ identifier: payload.identifier, function: by, reason }, "A CBC proxy did not take a message");
    if (result.outcome === "refused") return { outcome: "refused", reason: `${by}: ${reason}` };
    failures.push(`${by}: ${reason}`);
  }
  return { outcome: "failed", reason: failures.join("; ") };
}
