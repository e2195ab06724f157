import * as v from "valibot";
import { parseInstant } from "../../shared/time/instant.ts";
import { londonDate } from "../../shared/time/london.ts";

const wanted = "must be a London day that has begun, 2026-07-05";

/** Of commands that work on what happened on a day. */
export const LondonDay = v.pipe(
  v.string(wanted),
  v.check(
    (text) => text.length === 10 && parseInstant(text) !== null && text <= londonDate(new Date()),
    wanted,
  ),
);
