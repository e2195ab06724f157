import * as v from "valibot";
import { datetimeFaults, notOfType } from "./words.ts";

/**
 * Python's `iso8601.parse_date`: date alone or with time; the offset, in which it ends, is read over. Python's `$`
 * also stands before a newline that ends the text.
 */
const iso8601 =
  /^(\d{4})(?:(?:-(\d{1,2})|(\d{2})(?!\n?$))(?:(?:-(\d{1,2})|(\d{2}))(?:[ T](\d{2})(?::?(\d{2}))?(?::?(\d{1,2})(?:[.,](\d+))?)?(?:Z|[-+](\d{2}):?(\d{2})?)?)?)?)?\n?$/;

const dayMs = 24 * 60 * 60 * 1000;
const minutesADay = 24 * 60;

/** Checked as Notify does, then without effect, as there. */
export function scheduledFor(now: () => Date) {
  return v.nullable(
    v.pipe(
      v.string(notOfType("string", "null")),
      v.rawCheck(({ dataset, addIssue }) => {
        if (!dataset.typed) return;
        const message = scheduleFault(dataset.value, now());
        if (message !== null) addIssue({ message });
      }),
      v.metadata({
        description:
          "Checked, then without effect: the message is sent at once. A time within the next 24 hours.",
      }),
    ),
  );
}

function scheduleFault(text: string, now: Date): string | null {
  const at = parseIgnoringOffset(text);
  if (at === null) return datetimeFaults.format;
  if (at < now.getTime()) return datetimeFaults.past;
  return at > now.getTime() + dayMs ? datetimeFaults.future : null;
}

/** Milliseconds, as if the time were UTC; null where this is no date. */
function parseIgnoringOffset(text: string): number | null {
  const found = iso8601.exec(text);
  if (!found) return null;
  const [, year, monthDashed, monthBare, dayDashed, dayBare, hour, minute, second, fraction, ...offset] =
    found;
  const parts = [
    year,
    monthDashed ?? monthBare ?? 1,
    dayDashed ?? dayBare ?? 1,
    hour ?? 0,
    minute ?? 0,
    second ?? 0,
  ];
  const [y = 0, m = 0, d = 0, h = 0, min = 0, s = 0] = parts.map(Number);
  const date = new Date(0);
  date.setUTCFullYear(y, m - 1, d);
  date.setUTCHours(h, min, s);
  const isReal =
    y > 0 && m > 0 && date.getUTCMonth() === m - 1 && date.getUTCDate() === d && h < 24 && min < 60 && s < 60;
  const [offsetHours = 0, offsetMinutes = 0] = offset.map((part) => Number(part ?? 0));
  if (!isReal || offsetHours * 60 + offsetMinutes >= minutesADay) return null;
  // Whole microseconds, rounded down.
  return date.getTime() + Number(`0.${fraction?.slice(0, 6) ?? 0}`) * 1000;
}
