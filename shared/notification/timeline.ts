import * as v from "valibot";
import { type Status, statuses } from "./notification.ts";

/** One worker's turn at handing a notification to a provider. */
export interface AttemptStep {
  kind: "attempt";
  /** When it began. */
  at: Date;
  /** Null where none was asked, or nobody knows which. */
  provider: string | null;
  /** `failed`: before a provider was asked. `lost`: its worker died, or could not store how it ended. */
  outcome: "accepted" | "rejected" | "unavailable" | "failed" | "lost";
  durationMs: number | null;
  /** The provider's words, or ours where it was not asked. */
  words: string | null;
}

/** What a provider reported, where that changed something. */
export interface ReceiptStep {
  kind: "receipt";
  /** When it reached us. */
  at: Date;
  provider: string;
  /** What the notification became. */
  status: Status;
  /** The provider's own words for it. */
  code: string | null;
  detail: string | null;
  /** What they mean. */
  reason: string | null;
  /** When the provider says it happened. */
  happenedAt: Date | null;
}

/** An end that no provider reported. */
export interface EndStep {
  kind: "end";
  at: Date;
  status: Status;
  reason: string | null;
}

export type Step = AttemptStep | ReceiptStep | EndStep;

/** The longest of what others say that is kept, in characters. */
const longestWords = 200;
/** What is looked at of it: a number may not be cut in two before it is found. */
const longestRead = 2000;

/**
 * A timeline takes no more attempts past this: room for all retries of a delivery, each with the longest words. What
 * comes after, a receipt say, is added all the same.
 */
export const mostAttemptBytes = 48_000;

const attempts = {
  a: "accepted",
  x: "rejected",
  u: "unavailable",
  f: "failed",
  l: "lost",
} as const;

const letters = { accepted: "a", rejected: "x", unavailable: "u", failed: "f", lost: "l" } as const;

/** As they are stored: a line for each step, a JSON array. Null where there is none. */
export function writeSteps(steps: readonly Step[]): string | null {
  if (steps.length === 0) return null;
  return steps.map((step) => JSON.stringify(fieldsOf(step))).join("\n");
}

function fieldsOf(step: Step): unknown[] {
  const at = step.at.getTime();
  switch (step.kind) {
    case "attempt": {
      const fields = [letters[step.outcome], at, step.provider, roundedOf(step.durationMs)];
      return step.words === null ? fields : [...fields, wordsOf(step.words)];
    }
    case "receipt": {
      const { provider, status, code, detail, reason, happenedAt } = step;
      const words = [code, detail, reason].map((text) => (text === null ? null : wordsOf(text)));
      return ["r", at, provider, status, happenedAt?.getTime() ?? null, ...words];
    }
    case "end":
      return ["e", at, step.status, step.reason === null ? null : wordsOf(step.reason)];
  }
}

function roundedOf(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}

const Instant = v.pipe(
  v.number(),
  v.transform((ms) => new Date(ms)),
);
const Words = v.nullable(v.string());
const KnownStatus = v.picklist(statuses);

const Line = v.union([
  v.pipe(
    v.tuple([
      v.picklist(["a", "x", "u", "f", "l"]),
      Instant,
      Words,
      v.nullable(v.number()),
      v.nullish(v.string()),
    ]),
    v.transform(([letter, at, provider, durationMs, words]): Step => {
      return { kind: "attempt", at, provider, outcome: attempts[letter], durationMs, words: words ?? null };
    }),
  ),
  v.pipe(
    v.tuple([v.literal("r"), Instant, v.string(), KnownStatus, v.nullable(Instant), Words, Words, Words]),
    v.transform(([, at, provider, status, happenedAt, code, detail, reason]): Step => {
      return { kind: "receipt", at, provider, status, code, detail, reason, happenedAt };
    }),
  ),
  v.pipe(
    v.tuple([v.literal("e"), Instant, KnownStatus, Words]),
    v.transform(([, at, status, reason]): Step => ({ kind: "end", at, status, reason })),
  ),
]);

/** What is stored, in the order in which it was noted. A line that a newer version wrote may be left out. */
export function readSteps(text: string | null): Step[] {
  if (!text) return [];
  return text.split("\n").flatMap((line) => {
    const result = v.safeParse(Line, parsed(line));
    return result.success ? [result.output] : [];
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/**
 * What others say, fit to be kept and shown to anyone who may see the notification: providers echo whom a message was
 * for, so what may be a number or an address is taken out.
 */
export function wordsOf(text: string): string {
  const line = text.slice(0, longestRead).replace(/[\s\p{Cc}]+/gu, " ");
  const nameless = line.replace(addresses, "…").replace(numbers, "…");
  return nameless.trim().slice(0, longestWords).toWellFormed();
}

/** Escaped for a URL too. */
const addresses = /[^\s@<>"'(),;:]+(?:@|%40)[^\s@<>"'(),;:]+/gi;
/** Seven digits or more, however they are grouped. */
const numbers = /\+?\d(?:[ ().-]{0,2}\d){6,}/g;
