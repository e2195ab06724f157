import type { Context } from "hono";
import * as v from "valibot";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ApiEnv } from "../../env.ts";
import { firstValues } from "../../query.ts";
import { readFields } from "../schema/faults.ts";
import { notOneOf } from "../schema/words.ts";
import { viewTemplate } from "./view-template.ts";

const types = ["sms", "email", "letter"] as const;

export const TemplatesQuery = v.object({
  type: v.optional(
    v.pipe(
      v.picklist(types, notOneOf(types)),
      v.metadata({ description: "Only templates of this channel." }),
    ),
  ),
});

/** GET /v2/templates: all that a service can send with. */
export function listTemplates({ listSendableTemplates, emailDomain }: ApiDeps) {
  return async (c: Context<ApiEnv>): Promise<Response> => {
    const { type = null } = readFields(TemplatesQuery, firstValues(c.req.url));
    const templates = await listSendableTemplates(c.get("service").id, type);
    return answerJson(200, {
      templates: templates.map((template) => viewTemplate(template, { emailDomain })),
    });
  };
}
