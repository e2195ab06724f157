import type { Context } from "hono";
import {
  findTemplateObject,
  findVersionObject,
  listTemplateSummaries,
  listVersionObjects,
} from "../../../shared/template/admin.ts";
import { answerJson } from "../../answer.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult } from "../refusal.ts";
import { existingService } from "../usage/requests.ts";
import type { TemplateRouteDeps } from "./deps.ts";
import { templateIdOf } from "./requests.ts";
import { viewSummary, viewTemplate, viewVersion } from "./view.ts";

/** What the database counts versions in. */
const largestVersion = 2 ** 31 - 1;

/** GET /service/{id}/template: what a service can send with, by name. */
export function listTemplates({ ask }: TemplateRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const templates = await ask((sql) => listTemplateSummaries(sql, serviceId));
    return answerJson(200, { data: templates.map(viewSummary) });
  };
}

/** GET /service/{id}/template/precompiled: the hidden one of letters that the service makes itself, made now where it is not. */
export function getPrecompiled({ ask, letters }: TemplateRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const { id } = await letters.precompiledTemplate(serviceId);
    const template = await ask((sql) => findTemplateObject(sql, serviceId, id));
    if (!template) throw noResult();
    return answerJson(200, viewTemplate(template));
  };
}

/** GET /service/{id}/template/{id}: the latest version, of a deleted one too. */
export function getTemplate({ ask }: TemplateRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const [serviceId, id] = [serviceIdOf(c), templateIdOf(c)];
    const template = await ask((sql) => findTemplateObject(sql, serviceId, id));
    if (!template) throw noResult();
    return answerJson(200, { data: viewTemplate(template) });
  };
}

/** GET /service/{id}/template/{id}/version/{n} */
export function getVersion({ ask }: TemplateRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const [serviceId, id] = [serviceIdOf(c), templateIdOf(c)];
    const given = c.req.param("version") ?? "";
    const version = /^\d{1,10}$/.test(given) ? Number(given) : 0;
    if (version > largestVersion) throw noResult();
    const template = await ask((sql) => findVersionObject(sql, serviceId, id, version));
    if (!template) throw noResult();
    return answerJson(200, { data: viewVersion(template) });
  };
}

/** GET /service/{id}/template/{id}/versions: every one, the newest first. */
export function listVersions({ ask }: TemplateRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const [serviceId, id] = [serviceIdOf(c), templateIdOf(c)];
    const versions = await ask((sql) => listVersionObjects(sql, serviceId, id));
    if (versions.length === 0) throw noResult();
    return answerJson(200, { data: versions.map(viewVersion) });
  };
}
