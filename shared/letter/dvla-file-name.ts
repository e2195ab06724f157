import { londonDate } from "../time/london.ts";

/*
 * What the printer calls its files (`spec/letters.md` 5). Folders before a name do not matter, nor does the case of its
 * letters, which has varied.
 */

export type DvlaFileKind = "acknowledgement" | "response" | "other";

/** Without folders, letters as they came. */
function baseName(path: string): string {
  return path.slice(path.search(/[^/\\]*$/));
}

export function kindOf(path: string): DvlaFileKind {
  const name = baseName(path).toLowerCase();
  if (name.endsWith(acknowledgementEnd)) return "acknowledgement";
  return name.endsWith("rsp.txt") || name.endsWith("rs.txt") ? "response" : "other";
}

/**
 * The name of the zip, in capitals, that an acknowledgement's own name says has arrived; null where it lists names
 * inside: such a file is called by the second in which it was made.
 */
export function acknowledgedByName(path: string): string | null {
  const name = baseName(path);
  // A suffix and no set of letters: hashes end in any of them.
  const stem = name.slice(0, name.length - acknowledgementEnd.length).toUpperCase();
  return stem === "" || /^NOTIFY\.\d{14}$/.test(stem) ? null : `${stem}.ZIP`;
}

const acknowledgementEnd = ".ack.txt";

/**
 * The London date that a response file bills, from `NOTIFY-YYYYMMDDHHMMSS-RSP.TXT`, whose time is UTC. Seconds are not
 * looked at: one file's were 60. Null where the name holds no such time.
 */
export function billingDayOf(path: string): string | null {
  const [, digits = ""] = baseName(path).split("-");
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})\d{2}$/.exec(digits.trim());
  if (!match) return null;
  const [, year, month, day, hour, minute] = match;
  const text = `${year}-${month}-${day}T${hour}:${minute}:00.000Z`;
  const at = new Date(text);
  // Date takes the 31st of February for the 3rd of March.
  return Number.isNaN(at.getTime()) || at.toISOString() !== text ? null : londonDate(at);
}

/** `NOTIFY-20181002130455-RSP.TXT` */
export function responseNameAt(at: Date): string {
  return `NOTIFY-${at.toISOString().slice(0, 19).replace(/\D/g, "")}-RSP.TXT`;
}
