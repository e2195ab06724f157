import type { Context } from "hono";
import { findTemplateObject } from "../../../shared/template/admin.ts";
import { fill, plainStyle } from "../../../shared/template/fill.ts";
import { compileContent, missingIn, personalisationOf } from "../../../shared/template/placeholders.ts";
import { answerJson } from "../../answer.ts";
import { firstValues } from "../../query.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { TemplateRouteDeps } from "./deps.ts";
import { templateIdOf } from "./requests.ts";
import { viewTemplate } from "./view.ts";

/** GET /service/{id}/template/{id}/preview?name=value: the template, filled in with what the query says. */
export function previewTemplate({ ask }: TemplateRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const [serviceId, id] = [serviceIdOf(c), templateIdOf(c)];
    const template = await ask((sql) => findTemplateObject(sql, serviceId, id));
    if (!template) throw noResult();
    const values = personalisationOf(firstValues(c.req.url));
    const content = compileContent(template.content);
    const subject = template.subject === null ? null : compileContent(template.subject);
    const missing = missingIn(subject === null ? [content] : [subject, content], values);
    if (missing.length > 0) {
      throw new Refusal(400, { template: [`Missing personalisation: ${missing.join(", ")}`] });
    }
    return answerJson(200, {
      ...viewTemplate(template),
      content: fill(content, values, plainStyle),
      subject: subject && fill(subject, values, plainStyle),
    });
  };
}
