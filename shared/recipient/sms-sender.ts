import { parsePhoneNumber } from "./phone-number.ts";

/** A text sender as it is sent and shown: a phone number normalised, a name as it is. */
export function formatSender(sender: string): string {
  const parsed = parsePhoneNumber(sender);
  return parsed.ok ? parsed.number.normalised : sender;
}
