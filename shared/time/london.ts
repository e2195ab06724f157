const hourMs = 60 * 60 * 1000;

/**
 * The instant a text such as `2026-07-05 17:01:07` names: London's wall clock, unless an offset or `Z` follows.
 * Seconds may be left out, and a fraction may follow them. An hour that comes twice, in autumn, means its first coming;
 * one that never comes, in spring, is moved on by an hour. Null for anything else, and for years outside 1970–2999.
 */
export function parseLondonTime(text: string): Date | null {
  const match = pattern.exec(text.trim());
  if (!match) return null;
  const [, date = "", hour, minute, second = "00", fraction = "0", offset] = match;
  const wall = wallClock(`${date}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, "0")}Z`, date);
  if (wall === null) return null;
  return offset === undefined ? fromWallClock(wall) : fromOffset(wall, offset);
}

/** The instant London's day begins; `date` is `2026-07-05`. Throws for what is no date. */
export function londonMidnight(date: string): Date {
  const wall = /^\d{4}-\d{2}-\d{2}$/.test(date) ? wallClock(`${date}T00:00:00.000Z`, date) : null;
  if (wall === null) throw new RangeError(`Cannot find a midnight: "${date}" is not a date`);
  return fromWallClock(wall);
}

/** The date in London at an instant: `2026-07-05`. */
export function londonDate(at: Date): string {
  return new Date(at.getTime() + offsetAt(at.getTime())).toISOString().slice(0, 10);
}

/** What clocks in London show at an instant: `2026-07-05 17:01:07`. */
export function londonTime(at: Date): string {
  return new Date(at.getTime() + offsetAt(at.getTime())).toISOString().slice(0, 19).replace("T", " ");
}

const pattern =
  /^((?:19[7-9]\d|2\d{3})-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,9}))?)? ?(Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?$/i;

/** Milliseconds since 1970 by a clock without time zone; null for 30 February. */
function wallClock(text: string, date: string): number | null {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== date ? null : at.getTime();
}

/** BST is tried first, so that an ambiguous hour is the earlier one; what is neither falls in the gap. */
function fromWallClock(wall: number): Date {
  const summer = wall - hourMs;
  return new Date(offsetAt(summer) === hourMs ? summer : wall);
}

function fromOffset(wall: number, offset: string): Date | null {
  const digits = offset.replace(/\D/g, "").padEnd(4, "0");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  const at = wall - (offset.startsWith("-") ? -minutes : minutes) * 60 * 1000;
  return at < 0 ? null : new Date(at);
}

const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  hourCycle: "h23",
});

/** How far London's clock is ahead of UTC at an instant. */
function offsetAt(at: number): number {
  const part = new Map(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const wall = Date.UTC(
    part.get("year") ?? 0,
    (part.get("month") ?? 0) - 1,
    part.get("day"),
    part.get("hour"),
  );
  // London is ahead by whole hours, and has been since 1847.
  return wall - Math.floor(at / hourMs) * hourMs;
}
