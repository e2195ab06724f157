import { parsePhoneNumber } from "./phone-number.ts";

/** A text sender as it is sent and shown: a phone number normalised, a name as it is. */
export function formatSender(sender: string): string {
  const parsed = parsePhoneNumber(sender);
  return parsed.ok ? parsed.number.normalised : sender;
}

/** Why a service's texts may not come from this sender, as Notify's forms say it; or null (`spec/recipients.md` 1.7). */
export function smsSenderFault(sender: string): string | null {
  const length = Array.from(sender).length;
  if (length < 3) return "Text message sender ID must be at least 3 characters long";
  if (length > 11) return "Text message sender ID cannot be longer than 11 characters";
  if (!/^[A-Za-z0-9 &._-]+$/.test(sender)) {
    return "Text message sender ID can only include letters, numbers, spaces, and the following characters: & . - _";
  }
  if (sender.startsWith("00")) return "Text message sender ID cannot start with 00";
  if (/^(info|verify|alert)$/i.test(sender)) {
    return "Text message sender ID cannot be Alert, Info or Verify as those are prohibited due to usage by spam";
  }
  if (/^[0-9.]+$/.test(sender) && !/^(07\d{9}|[678]\d{4})$/.test(sender)) {
    return "A numeric sender id should be a valid mobile number or short code";
  }
  const lower = sender.toLowerCase();
  if (["nhs", "no", "reply"].every((part) => lower.includes(part)) && sender !== "NHSNoReply") {
    return "Text message sender ID must match other NHS services - change it to ‘NHSNoReply’";
  }
  return null;
}
