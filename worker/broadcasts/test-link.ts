import type { Network } from "../../shared/broadcast/broadcast.ts";
import type { LinkTest } from "../../shared/broadcast/link-tests.ts";
import { linkTestPayload } from "./cbc-payload.ts";
import { type CallCbc, functionOf, type Site } from "./cbc-proxy.ts";

export interface Link {
  network: Network;
  site: Site;
  /** Vodafone's alone. */
  number: number | null;
}

/** Tries one way to a network, under an identifier of its own. Throws only when `signal` aborts it. */
export async function testLink(
  { network, site, number }: Link,
  { callCbc, now }: { callCbc: CallCbc; now: () => Date },
  signal: AbortSignal,
): Promise<LinkTest> {
  const id = crypto.randomUUID();
  const testedAt = now();
  const startedAt = performance.now();
  const result = await callCbc(network, site, linkTestPayload(network, id, number), signal);
  return {
    id,
    provider: network,
    function: functionOf(network, site),
    number,
    testedAt,
    succeeded: result.outcome === "acknowledged",
    error: result.outcome === "acknowledged" ? null : result.reason,
    durationMs: Math.round(performance.now() - startedAt),
  };
}
