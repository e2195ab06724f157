import * as v from "valibot";
import { parseInstant } from "../time/instant.ts";
import { londonMidnight } from "../time/london.ts";
import type { RateList } from "./new-rates.ts";

const wantedDay = "must be a day in London, 2026-04-01, or an instant, 2026-03-31T23:00:00Z";

/** From when on; a day begins at midnight in London. */
const Moment = v.pipe(
  v.string(wantedDay),
  v.check((text) => parseInstant(text) !== null, wantedDay),
  v.transform((text) => (text.length === 10 ? londonMidnight(text) : new Date(text))),
);

const wantedPounds = "must be pounds, 0.0233";
const Pounds = v.pipe(
  v.number(wantedPounds),
  v.finite(wantedPounds),
  v.minValue(0, wantedPounds),
  v.maxValue(1000, "must be pounds, not pence"),
);

function whole(least: number, most: number) {
  const message = `must be a whole number from ${least} to ${most}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
}

const postages = ["first", "second", "economy", "europe", "rest-of-world"] as const;
const kinds = [
  "central",
  "local",
  "nhs_central",
  "nhs_local",
  "nhs_gp",
  "nhs_notify",
  "emergency_service",
  "school_or_college",
  "other",
] as const;

/** A file of rates as it is written, in JSON. */
export const RateFile = v.pipe(
  v.strictObject({
    sms: v.optional(v.array(v.strictObject({ valid_from: Moment, rate: Pounds })), []),
    letters: v.optional(
      v.array(
        v.pipe(
          v.strictObject({
            start_date: Moment,
            end_date: v.optional(v.nullable(Moment), null),
            post_class: v.picklist(postages, `must be one of ${postages.join(", ")}`),
            sheet_count: whole(1, 50),
            rate: Pounds,
          }),
          v.check(
            ({ start_date: start, end_date: end }) => end === null || end > start,
            "must end after it begins",
          ),
        ),
      ),
      [],
    ),
    allowances: v.optional(
      v.array(
        v.strictObject({
          from_year: whole(2000, 2999),
          organisation_type: v.picklist(kinds, `must be one of ${kinds.join(", ")}`),
          allowance: whole(0, 1_000_000_000),
        }),
      ),
      [],
    ),
  }),
  v.transform(
    ({ sms, letters, allowances }): RateList => ({
      sms: sms.map(({ valid_from: validFrom, rate }) => ({ validFrom, pounds: rate })),
      letters: letters.map((row) => ({
        startsAt: row.start_date,
        endsAt: row.end_date,
        postage: row.post_class,
        sheets: row.sheet_count,
        pounds: row.rate,
      })),
      allowances: allowances.map((row) => ({
        fromYear: row.from_year,
        organisationType: row.organisation_type,
        allowance: row.allowance,
      })),
    }),
  ),
);
