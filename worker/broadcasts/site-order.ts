import type { Network } from "../../shared/broadcast/broadcast.ts";
import { listDoubtfulLinks } from "../../shared/broadcast/link-tests.ts";
import type { Db } from "../../shared/database.ts";
import { functionOf, type Site, sites } from "./cbc-proxy.ts";

/** A network's sites, the one whose last link test failed last. */
export async function siteOrder(db: Db, network: Network, at: Date): Promise<Site[]> {
  const functions = sites.map((site) => functionOf(network, site));
  const doubtful = await listDoubtfulLinks(db, functions, at);
  const isDoubtful = (site: Site) => Number(doubtful.has(functionOf(network, site)));
  return [...sites].sort((a, b) => isDoubtful(a) - isDoubtful(b));
}
