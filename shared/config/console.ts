import * as v from "valibot";
import { Count, Text } from "./values.ts";

/** The console that people sign in to. */
export const consoleSettings = {
  /** A session nobody uses ends after so many minutes, and any after so many hours. */
  CONSOLE_IDLE_MINUTES: v.optional(Count, "30"),
  CONSOLE_LONGEST_HOURS: v.optional(Count, "12"),
  /**
   * Lets a reverse proxy say who has signed in: the header in which it puts the person's email address. It must take
   * that header out of what browsers send, and send `CONSOLE_PROXY_SECRET` as `X-Console-Proxy-Secret`.
   */
  CONSOLE_PROXY_HEADER: v.optional(v.pipe(Text, v.regex(/^[A-Za-z0-9-]+$/, "must be the name of a header"))),
  CONSOLE_PROXY_SECRET: v.optional(v.pipe(Text, v.minLength(16, "must be 16 characters or more"))),
};

export function consoleFaults(given: Record<string, string | undefined>): string[] {
  if (given.CONSOLE_PROXY_HEADER === undefined || given.CONSOLE_PROXY_SECRET !== undefined) return [];
  return [
    "CONSOLE_PROXY_SECRET: must be set beside CONSOLE_PROXY_HEADER, or anybody could sign in as anybody",
  ];
}

interface Set {
  CONSOLE_IDLE_MINUTES: number;
  CONSOLE_LONGEST_HOURS: number;
  CONSOLE_PROXY_HEADER?: string | undefined;
  CONSOLE_PROXY_SECRET?: string | undefined;
}

export function consoleOf(set: Set) {
  const { CONSOLE_PROXY_HEADER: header, CONSOLE_PROXY_SECRET: secret } = set;
  return {
    life: { idleMs: set.CONSOLE_IDLE_MINUTES * 60_000, longestMs: set.CONSOLE_LONGEST_HOURS * 3_600_000 },
    /** Null where people sign in by password alone. */
    proxy: header === undefined || secret === undefined ? null : { header, secret },
  };
}
