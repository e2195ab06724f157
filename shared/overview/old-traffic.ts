import type { Db } from "../database.ts";
import type { Step } from "./range.ts";

/** How long steps are kept: as long as a chart reads them, and a little longer. */
const kept: readonly { stepSeconds: Step; hours: number }[] = [
  { stepSeconds: 60, hours: 8 },
  { stepSeconds: 300, hours: 2 * 24 },
  { stepSeconds: 900, hours: 8 * 24 },
  { stepSeconds: 3600, hours: 32 * 24 },
  { stepSeconds: 14_400, hours: 32 * 24 },
];
const providerHours = 8;

/**
 * Deletes what is too old, up to `limit` rows of each kind. Answers how many went. The age is reckoned from where counting
 * has come to: of a step that is summed up again, all parts must be there.
 */
export async function deleteOldTraffic(db: Db, limit: number): Promise<number> {
  const before = (hours: number) => db`
    (select counted_until - ${hours} * interval '1 hour' from traffic_progress)`;
  let deleted = 0;
  for (const { stepSeconds, hours } of kept) {
    const { count } = await db`
      delete from traffic where ctid = any(array(
        select ctid from traffic where step_seconds = ${stepSeconds} and at < ${before(hours)} limit ${limit}))`;
    deleted += count;
  }
  const { count } = await db`
    delete from traffic_providers where ctid = any(array(
      select ctid from traffic_providers where at < ${before(providerHours)} limit ${limit}))`;
  return deleted + count;
}
