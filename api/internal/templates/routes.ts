import { Hono, type MiddlewareHandler } from "hono";
import type { TemplateRouteDeps } from "./deps.ts";
import { previewTemplate } from "./preview.ts";
import { previewPng } from "./preview-png.ts";
import { getPrecompiled, getTemplate, getVersion, listTemplates, listVersions } from "./read.ts";
import { createTemplate, updateTemplate } from "./write.ts";

/** What services send (`spec/admin-api.md` 4.4). */
export function templateRoutes(auth: MiddlewareHandler, deps: TemplateRouteDeps): Hono {
  const path = "/service/:service/template";
  return (
    new Hono()
      .get(path, auth, listTemplates(deps))
      .post(path, auth, createTemplate(deps))
      // Before those that would take its name for an id.
      .get(`${path}/precompiled`, auth, getPrecompiled(deps))
      .get(`${path}/:template`, auth, getTemplate(deps))
      .post(`${path}/:template`, auth, updateTemplate(deps))
      .get(`${path}/:template/version/:version`, auth, getVersion(deps))
      .get(`${path}/:template/versions`, auth, listVersions(deps))
      .get(`${path}/:template/preview`, auth, previewTemplate(deps))
      .get(`${path}/:template/preview/png/:page`, auth, previewPng(deps))
  );
}
