import type { Metrics } from "../../../shared/metrics/metrics.ts";
import type { Admit } from "../../../shared/notification/admission.ts";

/** Counts what is over a limit. */
export function countRefusals(admit: Admit, metrics: Metrics | null): Admit {
  if (!metrics) return admit;
  return async (admission) => {
    const refusal = await admit(admission);
    if (refusal === "rate" || refusal === "daily" || refusal === "international") metrics.limited(refusal);
    return refusal;
  };
}
