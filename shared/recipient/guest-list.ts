import { comparableRecipient } from "./allowed-recipients.ts";
import { parseEmailAddress } from "./email-address.ts";
import { parsePhoneNumber } from "./phone-number.ts";
import { phonePermissionFault } from "./phone-permissions.ts";

export type GuestType = "mobile" | "email";

/** A guest list holds this many numbers, and as many addresses. */
export const guestsOfType = 5;

/** What a guest is, or null for what may not stand in the list: foreign numbers may, landlines not. */
export function guestTypeOf(recipient: string): GuestType | null {
  if (recipient.length > 255) return null;
  if (parseEmailAddress(recipient) !== null) return "email";
  const parsed = parsePhoneNumber(recipient);
  if (!parsed.ok) return null;
  return phonePermissionFault(parsed.number, new Set(["international_sms"])) === null ? "mobile" : null;
}

export function guestListFault(recipient: string): string {
  return `Invalid guest list: "${recipient}"`;
}

interface Guest {
  type: GuestType;
  recipient: string;
}

/** Whether a list has room for a guest: one that it has already, however spelled, needs none. */
export function roomFor({ type, recipient }: Guest, list: readonly Guest[]): "room" | "already" | "full" {
  const wanted = comparableRecipient(recipient);
  if (list.some((guest) => comparableRecipient(guest.recipient) === wanted)) return "already";
  return list.filter((guest) => guest.type === type).length < guestsOfType ? "room" : "full";
}
