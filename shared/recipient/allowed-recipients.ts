import { parseEmailAddress } from "./email-address.ts";
import { parsePhoneNumber } from "./phone-number.ts";

interface Sending {
  keyType: "normal" | "team" | "test";
  /** The service is in trial mode. */
  restricted: boolean;
  /** Its team's and guests' numbers and addresses, each through `comparableRecipient`. */
  allowedRecipients: ReadonlySet<string>;
}

/** How recipients are compared: a number's digits, an address in lower case, anything else as it is. */
export function comparableRecipient(recipient: string): string {
  const phone = parsePhoneNumber(recipient);
  if (phone.ok) return phone.number.normalised;
  return parseEmailAddress(recipient)?.normalised ?? recipient;
}

/** Why this key of this service may not send to a recipient, given in normalised form; or null. */
export function recipientRefusal(sending: Sending, normalisedRecipient: string): string | null {
  const { keyType, restricted, allowedRecipients } = sending;
  const mayReachAnyone = keyType === "test" || (keyType === "normal" && !restricted);
  if (mayReachAnyone || allowedRecipients.has(normalisedRecipient)) return null;
  return keyType === "team"
    ? "Can’t send to this recipient using a team-only API key"
    : "Can’t send to this recipient when service is in trial mode – see https://www.notifications.service.gov.uk/trial-mode";
}

/** Why this key of this service may not send letters, whoever they are to; or null. */
export function letterRefusal({ keyType, restricted }: Omit<Sending, "allowedRecipients">): string | null {
  if (keyType === "team") return "Cannot send letters with a team api key";
  return restricted && keyType === "normal" ? "Cannot send letters when service is in trial mode" : null;
}
