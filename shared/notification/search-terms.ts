import { parsePhoneNumber } from "../recipient/phone-number.ts";
import type { Channel } from "./notification.ts";

/** What a message is looked for by, as the database compares it. */
export interface SearchTerms {
  /** How the recipient may be stored; parts of one are found too. */
  recipients: string[];
  /** The reference as it was typed; found whatever its case, and by parts. */
  reference: string;
}

/** Notify's way (`dao_get_notifications_by_recipient_or_reference`); null where nothing is left to look for. */
export function searchTermsOf(typed: string, types: readonly Channel[] | null): SearchTerms | null {
  const reference = typed.trim();
  if (reference === "") return null;
  const [only] = types?.length === 1 ? types : [null];
  // Whatever the channel, nothing is stored with spaces in it.
  const joined = reference.replace(/\s/gu, "").toLowerCase();
  const recipients = only === "sms" ? [] : [joined];
  if (only === "sms" || only === null) {
    const number = phoneTerm(reference);
    if (number !== "") recipients.push(number);
  }
  return { recipients: [...new Set(recipients)], reference };
}

/** A number as it is stored, or the digits of what is but a part of one. */
function phoneTerm(typed: string): string {
  const parsed = parsePhoneNumber(typed);
  if (parsed.ok) return parsed.number.normalised;
  const part = typed.replace(/[()\s-]/gu, "").replace(/^[+0]+/, "");
  return /^\d+$/.test(part) ? part : "";
}

/** As a pattern of `like` that finds it anywhere. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}
