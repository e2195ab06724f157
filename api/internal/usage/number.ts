import { JsonFloat } from "../../../shared/json/json.ts";

/** A count as JSON: whole, unless a multiplier was not. */
export function number(value: number): number | JsonFloat {
  return Number.isInteger(value) ? value : new JsonFloat(value);
}
