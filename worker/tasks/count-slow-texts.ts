import { slowOfAll, slowShare } from "../../shared/provider/slowness.ts";
import { countSlowMinute, countSlowness, storeSlowness } from "../../shared/provider/slowness-queries.ts";
import type { WorkerDeps } from "../deps.ts";

/** Minutes in a row with too many slow texts until somebody is told. */
const patience = 10;

/**
 * Counts how many of the last quarter of an hour's texts were slow: once a minute for all who look, which are the
 * workers' metrics, the alert here and `switchOnSlowDelivery`.
 */
export async function countSlowTexts(
  { sql, log }: WorkerDeps,
  _signal: AbortSignal,
  dueAt: string,
): Promise<string> {
  const figures = await countSlowness(sql);
  await storeSlowness(sql, figures);

  const { slow, total, isTooMany } = slowOfAll(figures);
  const minutes = await countSlowMinute(sql, { dueAt, isTooMany });
  if (minutes === patience) {
    const providers = figures
      .filter((figure) => figure.minutes === 5 && figure.total > 0)
      .map(({ name, slow, total }) => ({ name, slow, total, ratio: slowShare({ slow, total }) }));
    const percentage = Math.round(slowShare({ slow, total }) * 100);
    log.error(
      { slow, total, percentage, providers },
      "Over 10% of text messages sent in the last 25 minutes have taken over 5 minutes to deliver.",
    );
  }
  return `Of ${total} texts ${slow} took five minutes or more`;
}
