import { parsePhoneNumber } from "../recipient/phone-number.ts";
import type { Channel } from "./notification.ts";

/** What a message is looked for by, as the database compares it. */
export interface SearchTerms {
  /** How the recipient may be stored; parts of one are found too. */
  recipients: string[];
  /** The reference as it was typed; found whatever its case, and by parts. Null: not looked for by it. */
  reference: string | null;
}

/** Notify's way (`dao_get_notifications_by_recipient_or_reference`); null where nothing is left to look for. */
export function searchTermsOf(typed: string, types: readonly Channel[] | null): SearchTerms | null {
  const byRecipient = recipientTermsOf(typed, types);
  return byRecipient && { ...byRecipient, reference: typed.trim() };
}

/** By the recipient alone; null where nothing is left to look for. */
export function recipientTermsOf(typed: string, types: readonly Channel[] | null): SearchTerms | null {
  const trimmed = typed.trim();
  if (trimmed === "") return null;
  const [only] = types?.length === 1 ? types : [null];
  // Whatever the channel, nothing is stored with spaces in it.
  const joined = trimmed.replace(/\s/gu, "").toLowerCase();
  const recipients = only === "sms" ? [] : [joined];
  if (only === "sms" || only === null) {
    const number = phoneTerm(trimmed);
    if (number !== "") recipients.push(number);
  }
  return { recipients: [...new Set(recipients)], reference: null };
}

/** By the service's reference alone; null where nothing is left to look for. */
export function referenceTermsOf(typed: string): SearchTerms | null {
  const reference = typed.trim();
  return reference === "" ? null : { recipients: [], reference };
}

/** A number as it is stored, or the digits of what is but a part of one. */
function phoneTerm(typed: string): string {
  const parsed = parsePhoneNumber(typed);
  if (parsed.ok) return parsed.number.normalised;
  const part = typed.replace(/[()\s-]/gu, "").replace(/^[+0]+/, "");
  return /^\d+$/.test(part) ? part : "";
}
