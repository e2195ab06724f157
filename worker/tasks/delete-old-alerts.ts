import { deleteResolvedAlerts } from "../../shared/alert/queries.ts";
import type { WorkerDeps } from "../deps.ts";

/** How long one that is over is kept. */
const keptDays = 90;

/** Deletes alerts that have long been over. */
export async function deleteOldAlerts({ sql, now }: WorkerDeps): Promise<string> {
  return `Deleted ${await deleteResolvedAlerts(sql, { at: now(), days: keptDays })} old alerts`;
}
