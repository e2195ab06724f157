import type { Context } from "hono";
import * as v from "valibot";
import { isJsonObject, type Json, type JsonObject } from "../../../shared/json/json.ts";
import { letterLanguages, templateTypes } from "../../../shared/template/admin.ts";
import { parseUuid } from "../../uuid.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { describedUuid, StorableText } from "../../v2/schema/fields.ts";
import { notOfType, notOneOf } from "../../v2/schema/words.ts";
import { noResult } from "../refusal.ts";

/** What may go into a letter's postage, by its template; abroad is for the address to say. */
const postages = ["first", "second", "economy"] as const;
const notPostage = "invalid. It must be either first, second or economy.";

const longest = 255;
const NameText = v.pipe(
  StorableText,
  v.check((text) => text.trim() !== "", "must not be empty"),
  v.check((text) => text.length <= longest, `must be no longer than ${longest} characters`),
);
const Subject = v.pipe(
  StorableText,
  v.check((text) => text.trim() !== "", "must not be empty"),
);
const Flag = v.custom<boolean>((input) => typeof input === "boolean", notOfType("boolean"));
const Person = describedUuid("A person of the program that asks");

const common = {
  postage: v.nullish(v.picklist(postages, notPostage)),
  has_unsubscribe_link: v.nullish(Flag),
  letter_languages: v.nullish(v.picklist(letterLanguages, notOneOf([...letterLanguages, null]))),
  letter_welsh_subject: v.nullish(Subject),
  letter_welsh_content: v.nullish(StorableText),
};

const Creation = v.object({
  name: NameText,
  template_type: v.picklist(templateTypes, notOneOf([...templateTypes])),
  service: describedUuid("The template's service, as in the path"),
  content: StorableText,
  subject: v.nullish(Subject),
  parent_folder_id: v.nullish(describedUuid("The folder it goes into")),
  created_by: Person,
  reply_to: v.nullish(describedUuid("The block of text that says who a letter comes from")),
  ...common,
});

const Update = v.object({
  name: v.optional(NameText),
  content: v.optional(StorableText),
  subject: v.nullish(Subject),
  archived: v.optional(Flag),
  created_by: v.nullish(Person),
  reply_to: v.nullish(describedUuid("The block of text that says who a letter comes from")),
  ...common,
});

export type CreateRequest = v.InferOutput<typeof Creation>;
export type UpdateRequest = v.InferOutput<typeof Update>;

/** A new template. Emails and letters must have a subject. */
export function readCreation(request: Json): CreateRequest {
  const known = pick(request, Creation);
  const needsSubject = known.template_type === "email" || known.template_type === "letter";
  // Named as missing together with whatever else is.
  if (!needsSubject) return readFields(Creation, known);
  const { subject, ...rest } = readFields(v.object({ ...Creation.entries, subject: Subject }), known);
  return { subject, ...rest };
}

export function readUpdate(request: Json): UpdateRequest {
  return readFields(Update, pick(request, Update));
}

/** Programs send a whole template back, with what cannot be changed: that is read over, as Notify does. */
function pick(request: Json, schema: { entries: v.ObjectEntries }): JsonObject {
  if (!isJsonObject(request)) return readFields(v.object({}), request);
  return Object.fromEntries(Object.entries(request).filter(([name]) => Object.hasOwn(schema.entries, name)));
}

/** The template of a path. */
export function templateIdOf(c: Context): string {
  const id = parseUuid(c.req.param("template") ?? "");
  if (id === null) throw noResult();
  return id;
}
