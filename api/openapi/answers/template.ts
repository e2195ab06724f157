import * as v from "valibot";
import { fixed, flag, id, nothing, text, timestamp, whole } from "./values.ts";

const postage = v.pipe(
  v.picklist(["first", "second", "economy", "europe", "rest-of-world"]),
  v.metadata({ description: "How it is posted." }),
);
const onlyLetters = nothing("Only letters have one.");

const common = {
  body: text("Its content, with placeholders as `((name))`.", { examples: ["Hi ((name))"] }),
  created_at: timestamp("When its first version was made."),
  created_by: text("Who made it."),
  id: id("The template's id."),
  name: text("Its name.", { examples: ["Greeting"] }),
  personalisation: v.pipe(
    v.record(v.string(), v.strictObject({ required: flag("Always true.") })),
    v.metadata({ description: "Its placeholders." }),
  ),
  updated_at: v.nullable(timestamp("When it was last changed.")),
  version: whole("Its version.", { minimum: 1 }),
};

const preview = {
  body: text("What it says, filled."),
  id: id("The template's id."),
  version: whole("Its version.", { minimum: 1 }),
};

const sms = {
  type: fixed("sms", "A text message."),
  subject: nothing("Texts have none."),
  postage: onlyLetters,
};
const email = { type: fixed("email", "An email."), subject: text("The subject."), postage: onlyLetters };
const letter = { type: fixed("letter", "A letter."), subject: text("The heading."), postage };

export const Template = v.variant("type", [
  v.strictObject({ ...sms, ...common, letter_contact_block: onlyLetters }),
  v.strictObject({ ...email, ...common, letter_contact_block: onlyLetters }),
  v.strictObject({
    ...letter,
    ...common,
    letter_contact_block: v.nullable(text("The sender's address at the top.")),
  }),
]);

export const Templates = v.strictObject({
  templates: v.pipe(v.array(Template), v.metadata({ description: "By name." })),
});

const onlyEmails = nothing("Only emails have one.");

export const Preview = v.variant("type", [
  v.strictObject({ ...sms, ...preview, html: onlyEmails }),
  v.strictObject({ ...email, ...preview, html: text("The body as HTML.") }),
  v.strictObject({ ...letter, ...preview, html: onlyEmails }),
]);
