import * as v from "valibot";
import type { Json } from "../../../shared/json/json.ts";
import { describedUuid, Reference, StorableText } from "../schema/fields.ts";
import { datetimeFaults, notOfType, tooLong } from "../schema/words.ts";

/** One request may ask for so many messages. */
export const mostBulkRows = 50_000;

const longestName = 255;
const weekMs = 7 * 24 * 60 * 60 * 1000;

export const bulkFaults = {
  future: "datetime can only be 7 days in the future",
  either: "Send either rows or csv",
  tooMany: `rows cannot be more than ${mostBulkRows}`,
  none: "There are no rows",
  noName: "cannot be empty",
};

/** What `POST /v2/notifications/bulk` takes, in the order in which faults are reported. */
export function bulkRequest(now: () => Date) {
  return v.object({
    reference: v.optional(Reference),
    template_id: describedUuid("The template to send."),
    name: v.optional(
      v.pipe(
        StorableText,
        v.check((text) => text.length > 0, bulkFaults.noName),
        v.check((text) => text.length <= longestName, tooLong),
        v.metadata({
          description: "What you call the batch; your template's name where you give none.",
          minLength: 1,
          maxLength: longestName,
          examples: ["Reminders of November"],
        }),
      ),
    ),
    rows: v.optional(
      v.pipe(
        v.custom<Json[]>(Array.isArray, notOfType("array")),
        v.metadata({
          description: `A message each, ${mostBulkRows} at most: objects, or lists of which the first has the columns' names. Columns are the recipient (\`phone number\`, \`email address\`, or \`address line 1\` to \`7\` and \`postcode\`), each placeholder of the template, and \`reference\` if you like. Names match whatever their case, spaces, \`_\` and \`-\`.`,
          type: "array",
          items: {
            anyOf: [{ type: "object", additionalProperties: true }, { type: "array" }],
          },
          examples: [[{ "phone number": "07900 900123", name: "Amala" }]],
        }),
      ),
    ),
    csv: v.optional(
      v.pipe(
        v.string(notOfType("string")),
        v.metadata({
          description: "The same as CSV, its first line the columns' names.",
          examples: ["phone number,name\n07900 900123,Amala"],
        }),
      ),
    ),
    scheduled_for: v.optional(
      v.nullable(
        v.pipe(
          v.string(notOfType("string", "null")),
          v.metadata({
            description:
              "When to begin, within the next 7 days; at once where you do not say. UTC unless it has an offset.",
            format: "date-time",
            examples: ["2026-12-01T09:00:00Z"],
          }),
          v.rawTransform(({ dataset, addIssue, NEVER }) => {
            const at = readInstant(dataset.value);
            const fault = at === null ? datetimeFaults.format : scheduleFault(at, now());
            if (at !== null && fault === null) return at;
            addIssue({ message: fault ?? datetimeFaults.format });
            return NEVER;
          }),
        ),
      ),
    ),
    sms_sender_id: v.optional(describedUuid("Which of your sender names to use, unless the default one.")),
    email_reply_to_id: v.optional(
      describedUuid("Which of your reply-to addresses to use, unless the default one."),
    ),
  });
}

const instant = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?(Z|[+-]\d\d:?\d\d)?$/;

function readInstant(text: string): Date | null {
  const found = instant.exec(text);
  if (!found) return null;
  const spelled = text.replace(" ", "T");
  const at = new Date(found[1] || text.length === 10 ? spelled : `${spelled}Z`);
  return Number.isNaN(at.getTime()) ? null : at;
}

function scheduleFault(at: Date, now: Date): string | null {
  if (at < now) return datetimeFaults.past;
  return at.getTime() > now.getTime() + weekMs ? bulkFaults.future : null;
}
