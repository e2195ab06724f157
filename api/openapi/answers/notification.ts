import * as v from "valibot";
import { statuses } from "../../../shared/notification/notification.ts";
import { fixed, flag, id, nothing, number, text, timestamp, url, whole } from "./values.ts";

const noAddress = nothing("Only letters have one.");

const common = {
  body: text("What it said."),
  completed_at: v.nullable(timestamp("When its status last changed, once nothing more is expected.")),
  created_at: timestamp("When you asked for it."),
  created_by_name: v.nullable(text("Who sent it, if it was sent by hand.")),
  id: id("The notification's id."),
  one_click_unsubscribe_url: v.nullable(text("Where its recipient can unsubscribe.")),
  reference: v.nullable(text("As you sent it.")),
  scheduled_for: nothing("Always null."),
  sent_at: v.nullable(timestamp("When it was handed to a provider.")),
  template: v.strictObject({
    id: id("The template's id."),
    uri: url("Where the template's version is."),
    version: whole("The version that was used.", { minimum: 1 }),
  }),
  is_cost_data_ready: flag("Whether the cost is known yet."),
  cost_in_pounds: v.nullable(number("What it cost; null while that is not known.")),
};

const statusOf = <const Words extends readonly string[]>(words: Words, example: Words[number]) =>
  v.pipe(v.picklist(words), v.metadata({ description: "What became of it.", examples: [example] }));

/** The lines of an address. */
function linesOf<Line>(line: Line) {
  return {
    line_1: line,
    line_2: line,
    line_3: line,
    line_4: line,
    line_5: line,
    line_6: line,
    postcode: line,
  };
}

/** What texts and emails have not. */
const noLetter = {
  ...linesOf(noAddress),
  postage: noAddress,
  status: statusOf(statuses, "delivered"),
};

const noCost = v.pipe(v.strictObject({}), v.metadata({ description: "Nothing." }));

export const SmsNotification = v.strictObject({
  type: fixed("sms", "A text message."),
  ...common,
  ...noLetter,
  phone_number: text("The recipient's number, as you sent it.", { examples: ["+447900900123"] }),
  email_address: nothing("Only emails have one."),
  subject: nothing("Texts have none."),
  cost_details: v.union([
    v.strictObject({
      billable_sms_fragments: whole("How many texts it filled.", { minimum: 0 }),
      international_rate_multiplier: number("How many times the rate the recipient's country costs."),
      sms_rate: number("What one text costs, in pounds."),
    }),
    noCost,
  ]),
});

export const EmailNotification = v.strictObject({
  type: fixed("email", "An email."),
  ...common,
  ...noLetter,
  phone_number: nothing("Only texts have one."),
  email_address: text("The recipient's address, as you sent it.", { format: "email" }),
  subject: text("The subject."),
  cost_details: noCost,
});

const postage = v.pipe(
  v.picklist(["first", "second", "economy", "europe", "rest-of-world"]),
  v.metadata({ description: "How it travels.", examples: ["second"] }),
);

/** Values of a request's `personalisation`, whatever they were. */
const line = v.nullable(
  v.pipe(
    v.custom(() => true),
    v.metadata({ description: "A line of the address, as you sent it.", examples: ["123 High Street"] }),
  ),
);

/** As letters' statuses are shown. */
const letterStatuses = [
  "accepted",
  "received",
  "cancelled",
  "technical-failure",
  "temporary-failure",
  "permanent-failure",
  "pending-virus-check",
  "virus-scan-failed",
  "validation-failed",
] as const;

export const LetterNotification = v.strictObject({
  type: fixed("letter", "A letter."),
  ...common,
  ...linesOf(line),
  postage,
  status: statusOf(letterStatuses, "accepted"),
  estimated_delivery: timestamp("When it should have arrived."),
  phone_number: nothing("Only texts have one."),
  email_address: nothing("Only emails have one."),
  subject: text("The heading, as HTML."),
  cost_details: v.union([
    v.strictObject({ billable_sheets_of_paper: whole("How many sheets it fills.", { minimum: 0 }), postage }),
    noCost,
  ]),
});

export const Notification = v.variant("type", [SmsNotification, EmailNotification, LetterNotification]);

/** How to turn the pages of a list. */
export const Links = v.strictObject({
  current: url("This page."),
  next: v.optional(url("The next page. There is none after an empty one.")),
});

export const Notifications = v.strictObject({
  links: Links,
  notifications: v.pipe(
    v.array(Notification),
    v.maxLength(250),
    v.metadata({ description: "Newest first, 250 at most." }),
  ),
});
