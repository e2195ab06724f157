import * as v from "valibot";
import { describedUuid, Personalisation, Reference } from "../schema/fields.ts";
import { PhoneField } from "../schema/recipients.ts";
import { scheduledFor } from "../schema/scheduled-for.ts";

/** What `POST /v2/notifications/sms` takes, in the order in which faults are reported. */
export function smsRequest(now: () => Date) {
  return v.object({
    reference: v.optional(Reference),
    phone_number: PhoneField,
    template_id: describedUuid("The template to send."),
    personalisation: v.optional(Personalisation),
    scheduled_for: v.optional(scheduledFor(now)),
    sms_sender_id: v.optional(describedUuid("Which of your sender names to use, unless the default one.")),
  });
}
