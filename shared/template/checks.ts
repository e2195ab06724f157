import { trimSpace } from "../text/whitespace.ts";
import { smsTemplateLength } from "./sms.ts";

const maximumSmsLength = 918;
const maximumEmailBytes = 2_000_000;

const emptyMessage = "Your message is empty.";

/** Why a text may not be empty, or null. Takes `renderSms`'s `lengthWithoutPrefix`. */
export function checkSmsNotEmpty(lengthWithoutPrefix: number): string | null {
  return lengthWithoutPrefix === 0 ? emptyMessage : null;
}

/** Why a text is too long, or null. Takes `renderSms`'s `lengthWithoutPrefix`. */
export function checkSmsLength(lengthWithoutPrefix: number): string | null {
  if (lengthWithoutPrefix <= maximumSmsLength) return null;
  return (
    `Your message is too long. Text messages cannot be longer than ${maximumSmsLength} characters. ` +
    `Your message is ${lengthWithoutPrefix} characters long.`
  );
}

/** Why a text template cannot be saved, or null. */
export function checkSmsTemplate(content: string): string | null {
  return smsTemplateLength(content) <= maximumSmsLength
    ? null
    : `Content has a character count greater than the limit of ${maximumSmsLength}`;
}

/**
 * Why an email or letter is empty, or null. As in Notify a template that says nothing but spaces is not
 * empty; only one between two placeholders can become so. `body` is what `renderEmailForApi` gives.
 */
export function checkBodyNotEmpty(templateContent: string, body: string): string | null {
  if (templateContent === "") return emptyMessage;
  const mayBecomeEmpty = templateContent.startsWith("((") && templateContent.endsWith("))");
  return mayBecomeEmpty && trimSpace(body) === "" ? emptyMessage : null;
}

/** Why an email is too long, or null. `body` is what `renderEmailForApi` gives. */
export function checkEmailLength(body: string): string | null {
  // No UTF-16 unit takes more than three bytes.
  if (body.length * 3 <= maximumEmailBytes) return null;
  const bytes = new TextEncoder().encode(body).length;
  if (bytes <= maximumEmailBytes) return null;
  return (
    `Your message is too long. Emails cannot be longer than ${maximumEmailBytes} bytes. ` +
    `Your message is ${bytes} bytes.`
  );
}
