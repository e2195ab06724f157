import type * as v from "valibot";
import { faultsOf } from "../receipt/sms-fields.ts";
import { parsePhoneNumber } from "../recipient/phone-number.ts";
import { parseLondonTime } from "../time/london.ts";

/** Those whose numbers people can answer to. */
export const inboundProviders = ["mmg", "firetext"] as const;

export type InboundProvider = (typeof inboundProviders)[number];

/** A text as its provider brought it, decoded. */
export interface IncomingText {
  provider: InboundProvider;
  /** The number it was sent to, as numbers of services are kept: `07…`. */
  to: string;
  /** International digits, or what the provider says where that is no number. */
  from: string;
  content: string;
  /** The provider's name for it. */
  reference: string | null;
  /** When the provider got it. */
  sentAt: Date | null;
}

/** A text, or what to tell the provider is wrong with its request. */
export type ParsedText = { ok: true; text: IncomingText } | { ok: false; errors: string[] };

export function refuseText(client: "MMG" | "Firetext", issues: readonly v.BaseIssue<unknown>[]): ParsedText {
  return { ok: false, errors: faultsOf(client, issues) };
}

/** Providers say `44…` where we say `0…`. */
export function toNational(number: string): string {
  return number.replace(/^\+?44/, "0");
}

export function toSender(from: string): string {
  const parsed = parsePhoneNumber(from);
  return parsed.ok ? parsed.number.normalised : from;
}

/** A provider's date and time, which is UTC unless it says otherwise; null for what is none. */
export function toSentAt(text: string | null): Date | null {
  if (text === null) return null;
  return parseLondonTime(`${text.trim()}Z`) ?? parseLondonTime(text);
}
