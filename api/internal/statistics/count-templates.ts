import type { Context } from "hono";
import { datesOf } from "../../../shared/billing/financial-year.ts";
import { countMonthlyTemplates, countTemplates, findLastUse } from "../../../shared/statistics/templates.ts";
import { addDays } from "../../../shared/time/calendar.ts";
import { londonDate } from "../../../shared/time/london.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import { parseUuid } from "../../uuid.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { UsageDeps } from "../usage/deps.ts";
import { existingService, parameter, wholeNumber, yearOf } from "../usage/requests.ts";

/** GET /service/{id}/template-statistics: the messages of today and of some days before it, by template and status. */
export function showTemplateStatistics({ ask, now }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    // Its older name is understood too.
    const days = wholeNumber(c, parameter(c, "whole_days") === null ? "limit_days" : "whole_days");
    if (days === null || days < 0 || days > 7) {
      throw new Refusal(400, { whole_days: ["whole_days must be between 0 and 7"] });
    }
    const today = londonDate(now());
    const query = { serviceId, first: addDays(today, -days), last: today, today };
    const counts = await ask((sql) => countTemplates(sql, query));
    return answerJson(200, {
      data: counts.map(({ templateId, name, type, precompiled, status, count }) => ({
        template_id: templateId,
        template_name: name,
        template_type: type,
        is_precompiled_letter: precompiled,
        status,
        count,
      })),
    });
  };
}

/** GET /service/{id}/template-statistics/last-used/{template}: when it was last sent with, or null. */
export function showLastUse({ ask, now }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const templateId = parseUuid(c.req.param("template") ?? "");
    const query = { serviceId, templateId: templateId ?? "", today: londonDate(now()) };
    const at = templateId === null ? "none" : await ask((sql) => findLastUse(sql, query));
    if (at === "none") throw noResult();
    return answerJson(200, { last_date_used: at && toTimestamp(at) });
  };
}

/** GET /service/{id}/notifications/templates_usage/monthly: how often each template was used in a financial year. */
export function countTemplatesByMonth({ ask, now }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const { first, last } = datesOf(yearOf(c, "Year must be a number"));
    const query = { serviceId, first, last, today: londonDate(now()) };
    const counts = await ask((sql) => countMonthlyTemplates(sql, query));
    return answerJson(200, {
      stats: counts.map(({ templateId, name, type, precompiled, month, count }) => ({
        template_id: templateId,
        name,
        type,
        is_precompiled_letter: precompiled,
        month: Number(month.slice(5)),
        year: Number(month.slice(0, 4)),
        count,
      })),
    });
  };
}
