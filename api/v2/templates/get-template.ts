import type { Context } from "hono";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ApiEnv } from "../../env.ts";
import { parseUuid } from "../../uuid.ts";
import { noResult } from "../notifications/no-result.ts";
import { validationError } from "../schema/faults.ts";
import { notUuid } from "../schema/words.ts";
import { viewTemplate } from "./view-template.ts";

/** What the database counts versions in. */
const largestVersion = 2 ** 31 - 1;

/** GET /v2/template/{id} and /v2/template/{id}/version/{n}: one version, deleted or not. */
export function getTemplate({ findTemplateDetails, emailDomain }: ApiDeps) {
  return async (c: Context<ApiEnv>): Promise<Response> => {
    const id = parseUuid(c.req.param("id") ?? "");
    if (id === null) throw validationError([`id ${notUuid}`]);
    const version = Number(c.req.param("version") ?? 0);
    // Version 0 is the latest, as with Notify.
    const template =
      version <= largestVersion
        ? await findTemplateDetails(c.get("service").id, id, version === 0 ? null : version)
        : null;
    if (!template) throw noResult();
    return answerJson(200, viewTemplate(template, { emailDomain }));
  };
}
