import { sites } from "../../broadcasts/cbc-proxy.ts";
import { testAllLinks } from "../../broadcasts/test-all-links.ts";
import type { WorkerDeps } from "../../deps.ts";

/**
 * Tests the ways to every enabled network by both its sites: alerts are too rare to show that one is broken
 * (`spec/broadcasts.md` 5.4). Answers a line for `task_runs`.
 */
export async function testLinks(
  { broadcasts: { sql, config, callCbc }, now }: Pick<WorkerDeps, "broadcasts" | "now">,
  signal: AbortSignal,
): Promise<string> {
  const { enabled, cbc } = config;
  if (!cbc.enabled) return "CBC Proxy disabled";
  if (cbc.sites.every((url) => url === null)) return "No CBC proxy is configured";
  const ways = enabled.flatMap((network) => sites.map((site) => ({ network, site })));
  const tests = await testAllLinks({ sql, callCbc, now }, ways, signal);
  const failed = tests.filter(({ succeeded }) => !succeeded).map(({ function: name }) => name);
  return `Tested ${tests.length} ways to networks, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(", ")}` : ""}`;
}
