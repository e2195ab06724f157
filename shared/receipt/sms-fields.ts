import * as v from "valibot";
import { parseLondonTime } from "../time/london.ts";
import { clean } from "./clean.ts";
import type { SmsReceipt } from "./payload.ts";

/** A receipt as the queue carries it, or what to tell the provider is wrong with its request. */
export type ParsedReceipt = { ok: true; receipt: SmsReceipt } | { ok: false; errors: string[] };

/** A provider's code or reference, which JSON may hold as a number. */
const Code = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.safeInteger())]),
  v.transform((code) => clean(String(code))),
);

export const Required = v.pipe(Code, v.minLength(1));

const invalid = "invalid";

/** An unknown status ends a notification, so what cannot be one at all is refused. */
export const StatusCode = v.pipe(Required, v.regex(/^[\w.-]{1,20}$/, invalid));

/** Null for what is absent, empty or nonsense: a receipt is worth having without it. */
export const Optional = v.fallback(
  v.pipe(
    v.nullish(Code, null),
    v.transform((text) => text || null),
  ),
  null,
);

/** Notify's words, one for each field at fault: "MMG callback failed: CID missing". */
export function faultsOf(client: "MMG" | "Firetext", issues: readonly v.BaseIssue<unknown>[]): string[] {
  const faults = new Map<string | null, string>();
  for (const issue of issues) {
    const field = v.getDotPath(issue);
    const fault = issue.message === invalid ? invalid : "missing";
    // The first: an empty text is no code either.
    if (!faults.has(field)) faults.set(field, field === null ? "invalid data" : `${field} ${fault}`);
  }
  return [...faults.values()].map((fault) => `${client} callback failed: ${fault}`);
}

/** The provider's time as a UTC instant: London's wall clock unless it says otherwise. */
export function toInstant(text: string | null): string | null {
  return (text === null ? null : parseLondonTime(text))?.toISOString() ?? null;
}
