import type { Channel } from "../notification/notification.ts";
import { mostRows } from "./batch.ts";
import type { FileFault, RowCounts } from "./check.ts";

/** What is wrong with a file, for whoever uploaded it. */
export function fileFaultMessage(fault: FileFault): string {
  switch (fault.kind) {
    case "missing-columns":
      return `The file has no column for: ${fault.columns.join(", ")}`;
    case "duplicate-columns":
      return `The file has more than one column for the recipient: ${fault.columns.join(", ")}`;
    case "no-address-columns":
      return "The file has too few address columns: at least 3 of address line 1 to 6 and postcode, or of address line 1 to 7";
    case "no-rows":
      return "The file has no rows";
    case "too-many-rows":
      return `The file has more than ${mostRows} rows`;
    case "already-sent":
      return "These messages have already been sent today: give the file another name if you need to send them again";
    case "trial-mode-letters":
      return "Cannot send letters when service is in trial mode";
    case "trial-mode-recipients":
      return "Can’t send to recipients outside the team when service is in trial mode – see https://www.notifications.service.gov.uk/trial-mode";
    case "more-than-remaining":
      return `The file has more rows than the ${fault.remaining} messages that can still be sent today`;
    case "more-than-remaining-international":
      return `The file has more international numbers than the ${fault.remaining} that can still be texted today`;
    case "rows-with-errors":
      return fault.rows === 1
        ? "There is a problem with 1 row"
        : `There is a problem with ${fault.rows} rows`;
  }
}

/** What is to be done about the rows, in the words of Notify's web application. */
export function summaryLines(type: Channel, counts: RowCounts): string[] {
  const { badRecipients, missing, tooLong, empty, badQrCodes } = counts;
  return [
    line(badRecipients, ...recipientNames[type]),
    line(missing, "enter missing data in 1 row", (n) => `enter missing data in ${n} rows`),
    line(tooLong, "shorten the message in 1 row", (n) => `shorten the messages in ${n} rows`),
    line(
      empty,
      "check you have content for the empty message in 1 row",
      (n) => `check you have content for the empty messages in ${n} rows`,
    ),
    line(badQrCodes, "shorten the QR code link in 1 row", (n) => `shorten the QR code links in ${n} rows`),
  ].filter((text) => text !== null);
}

type Words = readonly [one: string, several: (n: number) => string];

const recipientNames: Readonly<Record<Channel, Words>> = {
  sms: ["fix 1 phone number", (n) => `fix ${n} phone numbers`],
  email: ["fix 1 email address", (n) => `fix ${n} email addresses`],
  letter: ["fix 1 address", (n) => `fix ${n} addresses`],
};

function line(count: number, ...[one, several]: Words): string | null {
  if (count === 0) return null;
  return count === 1 ? one : several(count);
}
