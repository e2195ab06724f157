import type { Context } from "hono";
import { previewOf } from "../../../shared/letter/picture.ts";
import { findTemplateObject } from "../../../shared/template/admin.ts";
import { firstValues } from "../../query.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { answerPng, pngOf } from "../letters/picture.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { TemplateRouteDeps } from "./deps.ts";
import { templateIdOf } from "./requests.ts";

/**
 * GET /service/{id}/template/{id}/preview/png/{page}?name=value: a page of a letter made from the template and what the
 * query says, its address too. What has no value stands there as it was typed. The page is in the path, as a placeholder
 * may have its name.
 */
export function previewPng({ ask, letters }: TemplateRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const [serviceId, id] = [serviceIdOf(c), templateIdOf(c)];
    const page = c.req.param("page") ?? "";
    if (!/^[1-9]\d{0,6}$/.test(page)) throw new Refusal(400, "Invalid page");
    const template = await ask((sql) => findTemplateObject(sql, serviceId, id));
    if (template?.type !== "letter" || template.precompiled) throw noResult();
    const preview = previewOf(template, firstValues(c.req.url));
    const picture = await letters.previewPicture(
      { serviceId, preview, page: Number(page) },
      c.req.raw.signal,
    );
    return answerPng(pngOf(picture));
  };
}
