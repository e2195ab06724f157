import type { Context } from "hono";
import * as v from "valibot";
import { badRequest } from "../../../shared/errors.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../shared/json/json.ts";
import { renderEmailForApi, renderEmailFragment } from "../../../shared/template/email.ts";
import { renderLetterForApi } from "../../../shared/template/letter.ts";
import { type Personalisation, personalisationOf } from "../../../shared/template/placeholders.ts";
import type { TemplateDetails } from "../../../shared/template/queries.ts";
import { renderSmsBody } from "../../../shared/template/sms.ts";
import { compileTemplate } from "../../../shared/template/template.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ApiEnv } from "../../env.ts";
import { parseBody, readBytes } from "../../middleware/read-body.ts";
import { noResult } from "../notifications/no-result.ts";
import { readFields, validationError } from "../schema/faults.ts";
import { describedUuid, Personalisation as PersonalisationField } from "../schema/fields.ts";
import { notOfType } from "../schema/words.ts";
import { placeholdersOf } from "./view-template.ts";

/** What a preview is made from: the path's id, and of the body this one field. */
export const Preview = v.object({
  id: describedUuid("The template."),
  personalisation: v.optional(PersonalisationField),
});

/** POST /v2/template/{id}/preview: what would be sent, without sending it. The template may be a deleted one. */
export function postPreview({ findTemplateDetails }: ApiDeps) {
  return async (c: Context<ApiEnv>): Promise<Response> => {
    const bytes = await readBytes(c.req.raw);
    const body = bytes.length === 0 ? {} : parseBody(bytes);
    const asked = readFields(Preview, fieldsOf(c.req.param("id") ?? "", body));
    const template = await findTemplateDetails(c.get("service").id, asked.id, null);
    if (!template) throw noResult();
    const personalisation = personalisationOf(asked.personalisation ?? {});
    requireAll(template, personalisation);
    const { id, postage, type, version } = template;
    return answerJson(200, { ...render(template, personalisation), id, postage, type, version });
  };
}

/** Other fields are read over, an `id` too. */
function fieldsOf(id: string, body: Json): JsonObject {
  // Notify fails on it.
  if (!isJsonObject(body)) throw validationError([notOfType("object")({ input: body })]);
  const { personalisation } = body;
  return personalisation === undefined ? { id } : { id, personalisation };
}

function requireAll(template: TemplateDetails, personalisation: Personalisation): void {
  const missing = placeholdersOf(template).filter(({ key }) => (personalisation.get(key) ?? null) === null);
  if (missing.length === 0) return;
  throw badRequest(`Missing personalisation: ${missing.map(({ name }) => name).join(", ")}`);
}

function render(template: TemplateDetails, personalisation: Personalisation): JsonObject {
  const compiled = compileTemplate(template);
  switch (template.type) {
    case "sms":
      return { body: renderSmsBody(compiled, personalisation), html: null, subject: null };
    case "email":
      return {
        ...renderEmailForApi(compiled, personalisation),
        html: renderEmailFragment(compiled, personalisation),
      };
    case "letter":
      return { ...renderLetterForApi(compiled, personalisation), html: null };
  }
}
