import * as v from "valibot";
import { parseInstant } from "../../../shared/time/instant.ts";

const wanted =
  "must be a day or an instant that is over, like 2026-07-01 or 2026-07-01T09:30:00Z, or how long ago: 90m, 12h, 3d";
const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Since when: a day (UTC), an instant, or how long ago it was. */
export const Since = v.pipe(
  v.string(wanted),
  v.transform((text) => instantOf(text, Date.now())),
  v.check((at) => at.getTime() <= Date.now(), wanted),
);

/** Invalid, and so not in the past, where it is none. */
function instantOf(text: string, now: number): Date {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (count !== undefined && (unit === "m" || unit === "h" || unit === "d"))
    return new Date(now - Number(count) * unitMs[unit]);
  return parseInstant(text) ?? new Date(Number.NaN);
}

export const sinceOption = {
  type: "string",
  valueHint: "time",
  description: "A day (UTC), an instant, or how long ago, like 12h or 3d",
} as const;
