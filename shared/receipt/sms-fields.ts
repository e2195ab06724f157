import * as v from "valibot";
import { parseLondonTime } from "../time/london.ts";
import { clean } from "./clean.ts";
import type { SmsReceipt } from "./payload.ts";

/** A receipt as the queue carries it, or what to tell the provider is wrong with its request. */
export type ParsedReceipt = { ok: true; receipt: SmsReceipt } | { ok: false; errors: string[] };

/** A provider's code or reference, which JSON may hold as a number. */
const Code = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform((code) => clean(String(code))),
);

export const Required = v.pipe(Code, v.minLength(1));

/** Null for what is absent, empty or nonsense: a receipt is worth having without it. */
export const Optional = v.fallback(
  v.pipe(
    v.nullish(Code, null),
    v.transform((text) => text || null),
  ),
  null,
);

/** Notify's words, one for each field at fault: "MMG callback failed: CID missing". */
export function missingFields(client: "MMG" | "Firetext", issues: readonly v.BaseIssue<unknown>[]): string[] {
  const fields = new Set(issues.map((issue) => v.getDotPath(issue)));
  return [...fields].map(
    (field) => `${client} callback failed: ${field === null ? "invalid data" : `${field} missing`}`,
  );
}

/** The provider's time as a UTC instant: London's wall clock unless it says otherwise. */
export function toInstant(text: string | null): string | null {
  return (text === null ? null : parseLondonTime(text))?.toISOString() ?? null;
}
