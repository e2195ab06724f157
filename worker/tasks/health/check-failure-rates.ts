import { listSuspicious, type Suspicious } from "../../../shared/provider/failure-rates.ts";
import type { WorkerDeps } from "../../deps.ts";
import { judge } from "../../letters/dvla/judge.ts";

const dayMs = 24 * 3_600_000;
/** Services that the alert names; all that it counts. */
const mostNamed = 20;

/** Looks for services whose texts of the last 24 hours fail too often, or go to numbers that are nobody's. */
export async function checkFailureRates(
  deps: WorkerDeps,
  _signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  const to = new Date(dueAt);
  const found = await listSuspicious(deps.sql, { from: new Date(to.getTime() - dayMs), to });
  const failing = found.filter(({ isFailing }) => isFailing);
  const toTv = found.filter(({ isSendingToTv }) => isSendingToTv);
  await judge(deps, found.length > 0, {
    subject: "high-failure-rates",
    title: "High failure rates for sms spotted for services",
    facts: {
      failing_services: failing.length,
      failure_rates: failing.slice(0, mostNamed).map(rateOf),
      services_sending_to_tv_numbers: toTv.length,
      texts_to_tv_numbers: toTv.slice(0, mostNamed).map(({ serviceId, toTv }) => `${serviceId}: ${toTv}`),
    },
  });
  return `${failing.length} services fail too often, ${toTv.length} send to TV numbers`;
}

function rateOf({ serviceId, texts, failed }: Suspicious): string {
  return `${serviceId}: ${Math.round((100 * failed) / texts)}% of ${texts}`;
}
