import * as v from "valibot";
import type { Json } from "../../../shared/json/json.ts";
import { describedUuid, Personalisation, Reference } from "../schema/fields.ts";
import { HttpsUrl } from "../schema/https-url.ts";
import { EmailField } from "../schema/recipients.ts";
import { scheduledFor } from "../schema/scheduled-for.ts";
import { notOfType } from "../schema/words.ts";

/** What `POST /v2/notifications/email` takes, in the order in which faults are reported. */
export function emailRequest(now: () => Date) {
  return v.object({
    reference: v.optional(Reference),
    email_address: EmailField,
    template_id: describedUuid("The template to send."),
    personalisation: v.optional(
      v.pipe(
        Personalisation,
        v.metadata({
          additionalProperties: { anyOf: [{ $ref: "#/components/schemas/FileObject" }, {}] },
        }),
      ),
    ),
    scheduled_for: v.optional(scheduledFor(now)),
    email_reply_to_id: v.optional(
      describedUuid("Which of your reply-to addresses to use, unless the default one."),
    ),
    one_click_unsubscribe_url: v.optional(HttpsUrl),
    sanitise_content_for: v.optional(
      v.nullable(
        v.pipe(
          v.custom<Json[]>(Array.isArray, notOfType("array", "null")),
          v.metadata({
            description: "Placeholders whose values must not bring links or formatting into the email.",
            type: "array",
            items: { type: "string" },
            examples: [["name"]],
          }),
        ),
      ),
    ),
  });
}
