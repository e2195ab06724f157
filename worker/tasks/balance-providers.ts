import type { Pool } from "../../shared/database.ts";
import type { Log } from "../../shared/log.ts";
import {
  type Share,
  sharesToBalance,
  takeFromFailing,
  takeFromSlow,
  tendToRest,
} from "../../shared/provider/balance.ts";
import { changeProviders, type ProviderChange } from "../../shared/provider/change.ts";
import { countFailures } from "../../shared/provider/failures.ts";
import { slowProviders } from "../../shared/provider/slowness.ts";
import { readSlowness } from "../../shared/provider/slowness-queries.ts";
import type { WorkerDeps } from "../deps.ts";

// Texts only: emails are shared by priorities that operators alone change.

/** Failed sends of one provider in a minute that are too many when there is one more. */
const failuresAllowed = 50;

/** How old the figures of slow delivery may be: made every minute, they may have waited for a worker. */
const youngestSeconds = 120;

interface Balancing {
  sql: Pool;
  log: Log;
  configured: ReadonlySet<string>;
}

/**
 * Notes failed sends, and takes a share from the provider with the most of them if those of all workers are too many,
 * unless one was changed within a minute.
 */
export async function balanceOnFailures(
  counts: ReadonlyMap<string, number>,
  balancing: Balancing,
): Promise<void> {
  const failing = (await countFailures(balancing.sql, counts)).filter(
    ({ failures }) => failures > failuresAllowed,
  );
  if (failing.length === 0) return;
  await balance(balancing, 60, (shares) => takeFromFailing(shares, failing));
}

/** Takes a share from each provider whose texts arrive late while another's do not. */
export async function switchOnSlowDelivery(deps: WorkerDeps): Promise<string> {
  const slow = slowProviders(await readSlowness(deps.sql, youngestSeconds));
  if (slow.size === 0) return "No provider is slow";
  const moved = await balance(balancingOf(deps), 5 * 60, (shares) => takeFromSlow(shares, slow));
  return `Slow: ${[...slow].join(", ")}; ${moved}`;
}

/** Gives back, step by step, what was taken. */
export async function tendToMiddle(deps: WorkerDeps): Promise<string> {
  return await balance(balancingOf(deps), 15 * 60, (shares) => tendToRest(shares, deps.restingPoints));
}

function balancingOf({ sql, log, smsProviders }: WorkerDeps): Balancing {
  return { sql, log, configured: new Set(smsProviders.keys()) };
}

/** Decides under a lock, so that of several workers with the same news one changes something. Answers with what. */
async function balance(
  { sql, log, configured }: Balancing,
  quietSeconds: number,
  decide: (shares: readonly Share[]) => ProviderChange[],
): Promise<string> {
  const changed = await changeProviders(sql, (providers) =>
    decide(sharesToBalance(providers, { configured, quietSeconds }) ?? []),
  );
  for (const { name: provider, priority, reason } of changed) {
    log.warn({ provider, priority, reason }, "A provider's priority was changed");
  }
  if (changed.length === 0) return "Changed nothing";
  return `Changed ${changed.map(({ name, priority }) => `${name} to ${priority}`).join(", ")}`;
}
