/* What is said of letters that cannot be sent or shown, to their services and in the OpenAPI document. */

/** Ours: Notify finds out later (`spec/letters.md` 2.4). */
export const largestPdfBytes = 2 * 1024 * 1024;

export const letterFaults = {
  teamKey: "Cannot send letters with a team api key",
  trialMode: "Cannot send letters when service is in trial mode",
  qrCode: "Cannot create a usable QR code - the link is too long",
  base64: "Cannot decode letter content (invalid base64 encoding)",
  tooLarge: (bytes: number | "{n}") =>
    `Letter content is too large: the PDF cannot be larger than ${largestPdfBytes} bytes, and is ${bytes} bytes`,
  /** Ours too. */
  noScanner: "Precompiled letters cannot be accepted: no virus scanner is configured",
};

export const pdfFaults = {
  noLetter: "Notification is not a letter",
  virus: "File did not pass the virus scan",
  failed: "PDF not available for letters in status technical-failure",
  notReady: "PDF not available yet, try again later",
  noPart: (bytes: number | "{n}") => `There is no such part: the PDF has ${bytes} bytes`,
};
