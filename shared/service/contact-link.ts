import { parseEmailAddress } from "../recipient/email-address.ts";

/** Longer ones the database does not take. */
const longest = 255;

/** Why a service cannot name this to the recipients of its files, or null. */
export function contactLinkFault(link: string): string | null {
  if (link.length > longest) return `must not be longer than ${longest} characters`;
  if (hrefOfContact(link) !== null) return null;
  return "must be a web address that begins https:// or http://, an email address or a phone number";
}

/** Where the link leads: a page, or a program for emails or calls. Null for what is none of them. */
export function hrefOfContact(link: string): string | null {
  if (/^https?:\/\/[^\s/]/i.test(link) && URL.canParse(link)) return new URL(link).href;
  if (parseEmailAddress(link) !== null)
    return `mailto:${encodeURI(link).replace(/[?&#]/g, encodeURIComponent)}`;
  if (/^\+?[\d\s().-]+$/.test(link) && /\d.*\d.*\d/.test(link)) return `tel:${link.replace(/[^\d+]/g, "")}`;
  return null;
}
