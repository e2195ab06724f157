import { emailFaultMessage, parseEmailAddress } from "../recipient/email-address.ts";
import { phoneFormMessages } from "../recipient/phone-messages.ts";
import { parsePhoneNumber } from "../recipient/phone-number.ts";
import { phonePermissionFault } from "../recipient/phone-permissions.ts";
import { parsePostalAddress } from "../recipient/postal-address.ts";
import { postalRowFault, postalRowMessages } from "../recipient/postal-faults.ts";
import { checkBodyNotEmpty, checkSmsLength, checkSmsNotEmpty } from "../template/checks.ts";
import { renderEmailForApi } from "../template/email.ts";
import { renderLetterForApi } from "../template/letter.ts";
import type { Personalisation } from "../template/placeholders.ts";
import { oversizedQrCode } from "../template/qr-code.ts";
import { renderSms } from "../template/sms.ts";
import type { CompiledTemplate } from "../template/template.ts";
import type { Columns } from "./columns.ts";
import { addressOfRow, recipientOfRow, type SheetRow } from "./row.ts";

export interface RowCheck {
  /** By the key of the column. */
  cells: ReadonlyMap<string, string>;
  /** What is wrong with the row as a whole. */
  faults: readonly RowFault[];
  /** Whether the recipient is there but cannot be sent to. */
  isBadRecipient: boolean;
  /** As `comparableRecipient` writes it; null for letters, and where there is none that can be sent to. */
  comparable: string | null;
  /** A number whose country code is not 44. */
  isAbroad: boolean;
}

export interface RowFault {
  kind: "address" | "too-long" | "empty" | "qr-code";
  message: string;
}

export const missingCell = "Missing";

export interface RowRules {
  columns: Columns;
  template: CompiledTemplate;
  /** The service's. */
  permissions: ReadonlySet<string>;
  /** What stands before its texts; null where nothing does. */
  prefix: string | null;
}

/** Everything that is wrong with a row (`spec/recipients.md` 4.3). An email's size is not looked at. */
export function checkRow(rules: RowRules, row: SheetRow): RowCheck {
  const recipient = checkRecipient(rules, row);
  const cells = new Map<string, string>();
  for (const [key, value] of row.values) {
    if (rules.columns.recipientKeys.has(key)) {
      if (recipient.fault !== null) cells.set(key, recipient.fault);
    } else if (value === null && rules.columns.wanted.has(key)) cells.set(key, missingCell);
  }
  const address = addressFault(rules, row);
  return {
    cells,
    faults: [...(address === null ? [] : [address]), ...messageFaults(rules, row.values)],
    isBadRecipient: address !== null || (recipient.fault !== null && recipient.fault !== missingCell),
    comparable: recipient.comparable,
    isAbroad: recipient.isAbroad,
  };
}

interface CheckedRecipient {
  fault: string | null;
  comparable: string | null;
  isAbroad: boolean;
}

function checkRecipient({ columns, template, permissions }: RowRules, row: SheetRow): CheckedRecipient {
  const none = { comparable: null, isAbroad: false };
  // What is wrong with an address is the row's fault, not a cell's.
  if (template.type === "letter" || !columns.hasRecipient) return { fault: null, ...none };
  const recipient = recipientOfRow(columns, row);
  if (recipient === null) {
    // Which of two columns would it be missing from?
    return { fault: columns.duplicates.length > 0 ? null : missingCell, ...none };
  }
  if (template.type === "email") {
    const address = parseEmailAddress(recipient);
    if (address === null) return { fault: emailFaultMessage, ...none };
    return { fault: null, comparable: address.normalised, isAbroad: false };
  }
  const parsed = parsePhoneNumber(recipient);
  if (!parsed.ok) return { fault: phoneFormMessages[parsed.fault], ...none };
  const fault = phonePermissionFault(parsed.number, permissions);
  return {
    fault: fault && phoneFormMessages[fault],
    comparable: fault === null ? parsed.number.normalised : null,
    isAbroad: parsed.number.countryCode !== 44,
  };
}

function addressFault({ template, permissions }: RowRules, row: SheetRow): RowFault | null {
  if (template.type !== "letter") return null;
  const fault = postalRowFault(parsePostalAddress(addressOfRow(row)), {
    allowsInternational: permissions.has("international_letters"),
  });
  return fault && { kind: "address", message: postalRowMessages[fault] };
}

function messageFaults({ template, prefix }: RowRules, values: Personalisation): RowFault[] {
  if (template.type === "sms") {
    const { lengthWithoutPrefix: length } = renderSms(template, values, { prefix });
    return [
      ...(checkSmsLength(length) === null ? [] : [tooLong]),
      ...(checkSmsNotEmpty(length) === null ? [] : [empty]),
    ];
  }
  const faults: RowFault[] = isEmptyBody(template, values) ? [empty] : [];
  if (template.type === "letter" && oversizedQrCode(template, values) !== null) faults.push(qrCode);
  return faults;
}

/** Renders only what may be empty: most templates have words of their own. */
function isEmptyBody(template: CompiledTemplate, values: Personalisation): boolean {
  if (checkBodyNotEmpty(template.content, "") === null) return false;
  const { body } = (template.type === "email" ? renderEmailForApi : renderLetterForApi)(template, values);
  return checkBodyNotEmpty(template.content, body) !== null;
}

const tooLong: RowFault = { kind: "too-long", message: "Message is too long" };
const empty: RowFault = { kind: "empty", message: "No content for this message" };
const qrCode: RowFault = {
  kind: "qr-code",
  message: "Cannot create a usable QR code - the link is too long",
};
