import * as v from "valibot";
import { id, nothing, text, url, whole } from "./values.ts";

const sent = {
  id: id("The notification's id, to ask later what became of it."),
  reference: v.nullable(text("As you sent it.")),
  scheduled_for: nothing("Always null."),
  template: v.strictObject({
    id: id("The template's id."),
    uri: url("Where the template is."),
    version: whole("The version that was used.", { minimum: 1 }),
  }),
  uri: url("Where the notification is."),
};

export const SentSms = v.strictObject({
  content: v.strictObject({
    body: text("The text, without your service's name before it.", { examples: ["Hi Amala"] }),
    from_number: v.nullable(text("Who it is from.", { examples: ["GOVUK"] })),
  }),
  ...sent,
});

export const SentEmail = v.strictObject({
  content: v.strictObject({
    body: text("The text, its Markdown as it stands in the template.", { examples: ["Dear Amala"] }),
    from_email: text("The address it comes from.", { format: "email" }),
    one_click_unsubscribe_url: v.nullable(text("As you sent it.")),
    subject: text("The subject.", { examples: ["Your visit"] }),
  }),
  ...sent,
  sanitised_content: v.pipe(
    v.record(
      v.string(),
      v.strictObject({
        sanitised: v.pipe(
          v.union([v.string(), v.array(v.custom(() => true))]),
          v.metadata({ description: "What was sent: text, or a list where you gave one." }),
        ),
        unsanitised: v.pipe(
          v.custom(() => true),
          v.metadata({ description: "What you asked for." }),
        ),
      }),
    ),
    v.metadata({
      description: "The values that `sanitise_content_for` changed, by the name of their placeholder.",
    }),
  ),
});

export const SentLetter = v.strictObject({
  content: v.strictObject({
    body: text("The text, its Markdown as it stands in the template.", { examples: ["Dear Amala"] }),
    subject: text("The heading, as HTML.", { examples: ["Your visit"] }),
  }),
  ...sent,
});

export const SentPrecompiledLetter = v.strictObject({
  id: id("The notification's id, to ask later what became of it."),
  postage: v.pipe(
    v.picklist(["first", "second", "economy"]),
    v.metadata({ description: "How it travels, unless abroad." }),
  ),
  reference: text("As you sent it."),
});

export const AnySentLetter = v.union([SentLetter, SentPrecompiledLetter]);
