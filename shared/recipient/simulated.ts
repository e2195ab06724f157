/** Recipients for smoke tests: requests to them are checked and answered, but nothing is stored or sent. */
const simulatedRecipients: ReadonlySet<string> = new Set([
  "447700900000",
  "447700900111",
  "447700900222",
  "simulate-delivered@notifications.service.gov.uk",
  "simulate-delivered-2@notifications.service.gov.uk",
  "simulate-delivered-3@notifications.service.gov.uk",
]);

/** Takes a phone number or email address in normalised form. */
export function isSimulatedRecipient(normalised: string): boolean {
  return simulatedRecipients.has(normalised);
}
