import dns from "node:dns/promises";
import { createCache } from "../../shared/cache.ts";
import type { Resolve } from "../../shared/egress/callback-url.ts";
import { unlessAborted } from "./unless-aborted.ts";

export interface ResolverOptions {
  /** `address` or `address:port`, asked in place of the system's resolver; none for the system's. */
  servers: readonly string[];
  /** For one name, over all servers and tries. */
  timeoutMs: number;
}

/**
 * How long addresses are used. Nothing hangs on it but freshness: what is dialled is what was checked, however old.
 */
const rememberedMs = 5_000;
const mostNames = 10_000;

/** Finds all addresses of a host, IPv4 first. Those who ask for the same name at once share one question. */
export function createResolver({ servers, timeoutMs }: ResolverOptions): Resolve {
  const ask = servers.length === 0 ? askSystem : (host: string) => askServers(host, servers, timeoutMs);
  // Many may wait for one question, so that no caller's deadline is its own.
  const load = (host: string) => unlessAborted(ask(host), AbortSignal.timeout(timeoutMs));
  return createCache(load, { ttlMs: rememberedMs, largest: mostNames });
}

async function askSystem(host: string): Promise<string[]> {
  const found = await dns.lookup(host, { all: true });
  const four = found.filter(({ family }) => family === 4);
  const six = found.filter(({ family }) => family === 6);
  return [...four, ...six].map(({ address }) => address);
}

async function askServers(host: string, servers: readonly string[], timeoutMs: number): Promise<string[]> {
  const resolver = new dns.Resolver({ timeout: Math.ceil(timeoutMs / 2), tries: 2 });
  resolver.setServers([...servers]);
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  if (addresses.length === 0) throw new Error("No address was found");
  return addresses;
}
