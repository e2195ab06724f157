import * as v from "valibot";
import { isJsonObject, type Json } from "../../../shared/json/json.ts";
import { describedUuid, Personalisation, Reference, StorableText } from "../schema/fields.ts";
import { notOfType } from "../schema/words.ts";

/* What `POST /v2/notifications/letter` takes: one of two, in the order in which faults are reported. */

export const letterValues = {
  address_line_1: "Amala Bird",
  address_line_2: "123 High Street",
  postcode: "SW14 6BH",
  name: "Amala",
};

export const LetterRequest = v.object({
  reference: v.optional(Reference),
  template_id: describedUuid("The template to send."),
  personalisation: v.pipe(
    Personalisation,
    v.metadata({
      description:
        "The address, as `address_line_1` to `address_line_7` or with `postcode` as its last line, and a value for each placeholder of the template.",
      examples: [letterValues],
    }),
  ),
});

const postages = ["first", "second", "economy"] as const;

export const postageFault = "invalid. It must be either first, second or economy.";

export const PrecompiledLetterRequest = v.object({
  reference: v.pipe(
    StorableText,
    v.metadata({ description: "Your own name for the letter.", examples: ["your-reference"] }),
  ),
  content: v.pipe(
    v.string(notOfType("string")),
    v.metadata({ description: "The letter as a PDF, in base64: 2 MB at most.", contentEncoding: "base64" }),
  ),
  postage: v.optional(
    v.pipe(
      v.picklist(postages, (issue) =>
        typeof issue.input === "string" ? postageFault : notOfType("string")(issue),
      ),
      v.metadata({ description: "How it travels within the United Kingdom.", default: "second" }),
    ),
  ),
});

/** Whether the service made the letter itself. */
export function isPrecompiled(body: Json): boolean {
  return isJsonObject(body) && Object.hasOwn(body, "content");
}

/** As the OpenAPI document names it. */
export const AnyLetterRequest = v.union([LetterRequest, PrecompiledLetterRequest]);
