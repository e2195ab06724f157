import * as v from "valibot";
import { letterLanguages, type TemplateObject, type TemplateType } from "../../../shared/template/admin.ts";
import type { TemplateText } from "../../../shared/template/admin-change.ts";
import { compileContent, type Placeholder } from "../../../shared/template/placeholders.ts";
import { parseUuid } from "../../uuid.ts";
import type { Typed } from "../form.tsx";

/** What a template says, or would if it was saved. */
export type Draft = Omit<TemplateText, "archived"> & { type: TemplateType };

function line(empty: string, most: number) {
  return v.pipe(
    v.string(),
    v.check((text) => text.trim() !== "", empty),
    v.maxLength(most, `Use no more than ${most} characters`),
  );
}

const longestSubject = 5000;
const Name = line("Enter a name", 255);
const Content = line("Enter what the message says", 500_000);
const Subject = line("Enter a subject", longestSubject);

const SmsForm = v.object({ name: Name, content: Content });
const EmailForm = v.object({
  name: Name,
  subject: Subject,
  content: Content,
  unsubscribe: v.array(v.string()),
});
const LetterForm = v.object({
  name: Name,
  subject: line("Enter a heading", longestSubject),
  content: Content,
  postage: v.picklist(["first", "second", "economy"], "Choose a postage"),
  contact: v.pipe(v.string(), v.transform(parseUuid)),
  languages: v.picklist(letterLanguages, "Choose the languages"),
  welsh_subject: v.pipe(
    v.string(),
    v.maxLength(longestSubject, `Use no more than ${longestSubject} characters`),
  ),
  welsh_content: v.string(),
});

/** Of a form, the fields that come as lists. */
export const listFields = ["unsubscribe"];

/** What a form about a template of each type asks. */
const forms = {
  sms: v.pipe(
    SmsForm,
    v.transform((form) => newDraft("sms", form)),
  ),
  broadcast: v.pipe(
    SmsForm,
    v.transform((form) => newDraft("broadcast", form)),
  ),
  email: v.pipe(
    EmailForm,
    v.transform(({ unsubscribe, ...form }) =>
      newDraft("email", { ...form, hasUnsubscribeLink: unsubscribe.length > 0 }),
    ),
  ),
  letter: v.pipe(
    LetterForm,
    v.forward(
      v.check(
        ({ languages, welsh_subject: subject }) => languages === "english" || subject.trim() !== "",
        "Enter a heading in Welsh",
      ),
      ["welsh_subject"],
    ),
    v.transform((form) => {
      const isWelsh = form.languages === "welsh_then_english";
      return newDraft("letter", {
        name: form.name,
        subject: form.subject,
        content: form.content,
        postage: form.postage,
        contactId: form.contact,
        letterLanguages: form.languages,
        letterWelshSubject: isWelsh ? form.welsh_subject : null,
        letterWelshContent: isWelsh ? form.welsh_content : null,
      });
    }),
  ),
};

export function formOf(type: TemplateType): v.GenericSchema<unknown, Draft> {
  return forms[type];
}

function newDraft(type: TemplateType, said: Partial<Draft> & Pick<Draft, "name" | "content">): Draft {
  return {
    type,
    subject: null,
    postage: null,
    contactId: null,
    letterLanguages: null,
    letterWelshSubject: null,
    letterWelshContent: null,
    hasUnsubscribeLink: false,
    ...said,
  };
}

/** What stands in a form, however incomplete: to be looked at, never to be saved. */
export function looseDraft(type: TemplateType, typed: Typed): Draft {
  const isLetter = type === "letter";
  const isWelsh = isLetter && typed.languages === "welsh_then_english";
  return newDraft(type, {
    name: typed.name ?? "",
    content: typed.content ?? "",
    subject: isLetter || type === "email" ? (typed.subject ?? "") : null,
    ...(isLetter && {
      contactId: parseUuid(typed.contact ?? ""),
      postage: typed.postage ?? "second",
      letterLanguages: isWelsh ? "welsh_then_english" : "english",
      letterWelshSubject: isWelsh ? (typed.welsh_subject ?? "") : null,
      letterWelshContent: isWelsh ? (typed.welsh_content ?? "") : null,
    }),
    hasUnsubscribeLink: type === "email" && typed.unsubscribe !== undefined,
  });
}

/** What a template's form holds before anybody typed. */
export function typedOf(template: TemplateObject): Typed {
  return {
    name: template.name,
    content: template.content,
    subject: template.subject ?? "",
    postage: template.postage ?? "",
    contact: template.contactId ?? "",
    languages: template.letterLanguages ?? "",
    welsh_subject: template.letterWelshSubject ?? "",
    welsh_content: template.letterWelshContent ?? "",
    ...(template.hasUnsubscribeLink && { unsubscribe: "yes" }),
  };
}

/** All that must be filled in, each as first spelled. `contactBlock` is what its block says. */
export function placeholdersOf(draft: Draft, contactBlock: string | null): Placeholder[] {
  const { letterWelshSubject, letterWelshContent, subject, content } = draft;
  const byKey = new Map<string, Placeholder>();
  for (const text of [contactBlock, letterWelshSubject, letterWelshContent, subject, content]) {
    for (const placeholder of compileContent(text ?? "").placeholders) {
      if (!byKey.has(placeholder.key)) byKey.set(placeholder.key, placeholder);
    }
  }
  return [...byKey.values()];
}
