import { expect, test } from "bun:test";
import { callbackBodyOf } from "../../../shared/callback/job.ts";
import { type ReturnedLetter, returnedLetterCallback } from "../../../shared/callback/returned-letter.ts";
import { createCipher } from "../../../shared/encryption.ts";

const cipher = await createCipher([{ id: "test", bytes: new Uint8Array(32).fill(7) }]);

const id = "7f3ef8e2-5a0c-4c1b-9d38-2f8a1d5c0b11";
const template = { id: "0b7ef8e2-5a0c-4c1b-9d38-2f8a1d5c0b22", name: "Reminder – final", version: 3 };
const letter: ReturnedLetter = {
  id,
  serviceId: "1c7ef8e2-5a0c-4c1b-9d38-2f8a1d5c0b33",
  createdAt: new Date("2026-03-14T12:35:25.909Z"),
  sent: { by: "API", reference: null },
  template,
  spreadsheet: null,
};

const start = `{"notification_id": "${id}", "reference": `;
const noBatch = '"spreadsheet_file_name": null, "spreadsheet_row_number": null';
const templated = `"template_name": "Reminder \\u2013 final", "template_id": "${template.id}", "template_version": 3`;
const hidden = '"template_name": null, "template_id": null, "template_version": null';
const sentAt = '"date_sent": "2026-03-14T12:35:25.909000Z"';

const cases: [string, Partial<ReturnedLetter>, string][] = [
  [
    "through the API",
    { sent: { by: "API", reference: "case-1" } },
    `${start}"case-1", ${sentAt}, "sent_by": "API", ${templated}, ${noBatch}, "upload_letter_file_name": null}`,
  ],
  [
    "through the API, without a reference",
    {},
    `${start}null, ${sentAt}, "sent_by": "API", ${templated}, ${noBatch}, "upload_letter_file_name": null}`,
  ],
  [
    "through the API as a PDF",
    { sent: { by: "API", reference: "case-2" }, template: null },
    `${start}"case-2", ${sentAt}, "sent_by": "API", ${hidden}, ${noBatch}, "upload_letter_file_name": null}`,
  ],
  [
    "from a spreadsheet, by the row a person sees",
    { sent: { by: "ada@example.com", fileName: null }, spreadsheet: { fileName: "march.csv", row: 0 } },
    `${start}null, ${sentAt}, "sent_by": "ada@example.com", ${templated}, "spreadsheet_file_name": "march.csv", ` +
      '"spreadsheet_row_number": 2, "upload_letter_file_name": null}',
  ],
  [
    "by hand from a template",
    { sent: { by: "ada@example.com", fileName: null } },
    `${start}null, ${sentAt}, "sent_by": "ada@example.com", ${templated}, ${noBatch}, "upload_letter_file_name": null}`,
  ],
  [
    "by hand as a PDF",
    { sent: { by: "ada@example.com", fileName: "Brief für Ä.pdf" }, template: null },
    `${start}null, ${sentAt}, "sent_by": "ada@example.com", ${hidden}, ${noBatch}, ` +
      '"upload_letter_file_name": "Brief f\\u00fcr \\u00c4.pdf"}',
  ],
];

test.each(cases)(
  "a service is told of a letter that came back and was sent %s",
  async (_how, over, wanted) => {
    const job = await returnedLetterCallback({ ...letter, ...over }, cipher);

    expect(job).toMatchObject({
      name: "service-callbacks",
      groupId: letter.serviceId,
      data: { v: 1, type: "returned_letter", serviceId: letter.serviceId, subjectId: id, attempt: 1 },
    });
    expect(JSON.stringify(job)).not.toContain("ada@example.com");
    expect(await cipher.decrypt(job.data.body, callbackBodyOf(id))).toBe(wanted);
  },
);
