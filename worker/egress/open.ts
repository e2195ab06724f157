import type { Config } from "../../shared/config.ts";
import { createEgress, type Egress } from "./egress.ts";
import { createResolver } from "./resolve.ts";

/** The way out of this installation. */
export function openEgress({ egress: { policy, proxyUrl, dnsServers }, callbacks }: Config): Egress {
  const resolve = createResolver({ servers: dnsServers, timeoutMs: callbacks.timeoutMs });
  return createEgress({ policy, resolve, proxyUrl });
}
