import { countFreeNumbers } from "../../shared/inbound/numbers.ts";
import type { WorkerDeps } from "../deps.ts";

/** Notify's own figure. */
const enough = 50;

/** Asks for more numbers before none can be given to a service. Says nothing where texts are not received at all. */
export async function countInboundNumbers({ sql, log }: WorkerDeps): Promise<string> {
  const { free, all } = await countFreeNumbers(sql);
  if (all > 0 && free <= enough) log.warn({ free, all }, "Request more inbound SMS numbers");
  return `${free} of ${all} inbound numbers are free`;
}
