import type { SendableTemplate } from "../../../shared/notification/notification.ts";
import { recipientRefusal } from "../../../shared/recipient/allowed-recipients.ts";
import { emailFaultMessage, parseEmailAddress } from "../../../shared/recipient/email-address.ts";
import { phoneFaultMessages, phonePermissionErrors } from "../../../shared/recipient/phone-messages.ts";
import { parsePhoneNumber } from "../../../shared/recipient/phone-number.ts";
import { phonePermissionFault } from "../../../shared/recipient/phone-permissions.ts";
import { type Postage, postageTo } from "../../../shared/recipient/postage.ts";
import {
  addressLines,
  parsePostalAddress,
  searchableAddress,
} from "../../../shared/recipient/postal-address.ts";
import { postalFault, postalFaultMessages } from "../../../shared/recipient/postal-faults.ts";
import type { Service } from "../../../shared/service/service.ts";
import { stripObscure } from "../../../shared/text/whitespace.ts";
import { Refusal } from "../refusal.ts";

/** Where a message goes, as it is stored. */
export interface Destination {
  to: string;
  normalisedTo: string;
  international: boolean;
  phonePrefix: string | null;
  rateMultiplier: number | null;
  /** True for a number whose country code is not 44. */
  countsAsInternational: boolean;
  /** Of a letter. */
  postage: Postage | null;
}

const home = {
  international: false,
  phonePrefix: null,
  rateMultiplier: null,
  countsAsInternational: false,
  postage: null,
} as const;

/** Throws where a service in trial mode may not send to a recipient, in normalised form; guests count for nothing here. */
export function refuseOutsider(
  { restricted }: Service,
  team: ReadonlySet<string>,
  normalisedRecipient: string,
): void {
  const refusal = recipientRefusal(
    { keyType: "normal", restricted, allowedRecipients: team },
    normalisedRecipient,
  );
  if (refusal !== null) throw new Refusal(400, refusal);
}

/** The number a text goes to, or why it cannot. `team` is whom a service in trial mode may send to. */
export function numberToSend(given: string, service: Service, team: ReadonlySet<string>): Destination {
  const to = stripObscure(given);
  const parsed = parsePhoneNumber(to);
  if (!parsed.ok) throw new Refusal(400, phoneFaultMessages[parsed.fault]);
  const { normalised, international, phonePrefix, rateMultiplier, countryCode } = parsed.number;
  refuseOutsider(service, team, normalised);
  const fault = phonePermissionFault(parsed.number, service.permissions);
  if (fault !== null) throw new Refusal(400, phonePermissionErrors[fault].message);
  return {
    to,
    normalisedTo: normalised,
    international,
    phonePrefix,
    rateMultiplier,
    countsAsInternational: countryCode !== 44,
    postage: null,
  };
}

/** The same of the address an email goes to. */
export function emailToSend(given: string, service: Service, team: ReadonlySet<string>): Destination {
  const to = stripObscure(given);
  const address = parseEmailAddress(to);
  if (address === null) throw new Refusal(400, emailFaultMessage);
  refuseOutsider(service, team, address.normalised);
  return { ...home, to, normalisedTo: address.normalised };
}

/** The same of the address a letter goes to, as its values give it. */
export function addressToSend(
  text: string,
  { permissions }: Service,
  { postage }: SendableTemplate,
): Destination {
  if (text.includes("\0") || !text.isWellFormed()) {
    throw new Refusal(400, { personalisation: ["Not a valid string."] });
  }
  const address = parsePostalAddress(text);
  const fault = postalFault(address, { allowsInternational: permissions.has("international_letters") });
  if (fault !== null) throw new Refusal(400, postalFaultMessages[fault]);
  return {
    ...home,
    to: addressLines(address),
    normalisedTo: searchableAddress(address),
    international: address.abroad !== null,
    postage: postageTo(address, postage ?? "second"),
  };
}
