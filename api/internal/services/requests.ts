import * as v from "valibot";
import { contactLinkFault } from "../../../shared/service/contact-link.ts";
import { organisationTypes } from "../../../shared/service/settings.ts";
import { choice, count, Flag, Instant, text, Uuid } from "../read-object.ts";

/* What may be said of a service; the rest of a request is passed over. */

const Limit = count(Number.MAX_SAFE_INTEGER);
const Volume = count(2_147_483_647);
const longText = 10_000;

const Name = v.pipe(text(255), v.trim(), v.minLength(1, "Shorter than minimum length 1."));

export const NewService = v.object({
  name: Name,
  user_id: Uuid,
  created_by: Uuid,
  restricted: Flag,
  email_message_limit: Limit,
  sms_message_limit: Limit,
  letter_message_limit: Limit,
  international_sms_message_limit: v.optional(Limit),
  organisation_type: v.optional(v.nullable(choice(organisationTypes))),
});

export const ServiceChanges = v.object({
  name: v.optional(Name),
  active: v.optional(Flag),
  restricted: v.optional(Flag),
  email_message_limit: v.optional(Limit),
  sms_message_limit: v.optional(Limit),
  letter_message_limit: v.optional(Limit),
  international_sms_message_limit: v.optional(Limit),
  rate_limit: v.optional(Volume),
  prefix_sms: v.optional(Flag),
  custom_email_sender_name: v.optional(v.nullable(Name)),
  confirmed_email_sender_name: v.optional(Flag),
  contact_link: v.optional(
    v.nullable(
      v.pipe(
        text(255),
        v.rawCheck(({ dataset, addIssue }) => {
          const fault = dataset.typed ? contactLinkFault(dataset.value) : null;
          if (fault !== null) addIssue({ message: fault });
        }),
      ),
    ),
  ),
  organisation: v.optional(v.nullable(Uuid)),
  organisation_type: v.optional(v.nullable(choice(organisationTypes))),
  count_as_live: v.optional(Flag),
  go_live_user: v.optional(v.nullable(Uuid)),
  go_live_at: v.optional(v.nullable(Instant)),
  has_active_go_live_request: v.optional(Flag),
  volume_sms: v.optional(v.nullable(Volume)),
  volume_email: v.optional(v.nullable(Volume)),
  volume_letter: v.optional(v.nullable(Volume)),
  billing_contact_names: v.optional(v.nullable(text(longText))),
  billing_contact_email_addresses: v.optional(v.nullable(text(longText))),
  billing_reference: v.optional(v.nullable(text(255))),
  purchase_order_number: v.optional(v.nullable(text(255))),
  notes: v.optional(v.nullable(text(longText))),
  consent_to_research: v.optional(v.nullable(Flag)),
  confirmed_unique: v.optional(Flag),
  permissions: v.optional(v.array(text(255), "Not a valid list.")),
});
