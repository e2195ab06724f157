import * as v from "valibot";
import { whole } from "./values.ts";

export const retentionSettings = {
  /**
   * After how many days what is left of notifications goes too; it stays for ever where this is not set. Facts of days
   * that are gone can not be counted again.
   */
  HISTORY_DAYS: v.optional(whole(365)),
};

type Set = v.InferOutput<v.ObjectSchema<typeof retentionSettings, undefined>>;

export function retentionOf(set: Set) {
  return { historyDays: set.HISTORY_DAYS ?? null };
}
