import type { Context } from "hono";
import { JsonFloat } from "../../../shared/json/json.ts";
import {
  countAll,
  countDays,
  listLiveServices,
  listProcessingTimes,
} from "../../../shared/statistics/performance.ts";
import { londonDate } from "../../../shared/time/london.ts";
import { answerJson } from "../../answer.ts";
import type { UsageDeps } from "../usage/deps.ts";
import { rangeOrToday } from "./requests.ts";

/** GET /performance-dashboard: what a public page shows of the whole. */
export function showPerformance({ ask, now }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const range = rangeOrToday(c, londonDate(now()));
    const [total, days, times, services] = await Promise.all([
      ask(countAll),
      ask((sql) => countDays(sql, range)),
      ask((sql) => listProcessingTimes(sql, range)),
      ask(listLiveServices),
    ]);
    return answerJson(200, {
      total_notifications: total.texts + total.emails + total.letters,
      email_notifications: total.emails,
      sms_notifications: total.texts,
      letter_notifications: total.letters,
      notifications_by_type: days.map(({ day, texts, emails, letters }) => ({
        date: day,
        sms: texts,
        emails,
        letters,
      })),
      processing_time: times.map(({ day, percentage }) => ({
        date: day,
        percentage_under_10_seconds: new JsonFloat(percentage),
      })),
      live_service_count: services.length,
      services_using_notify: services.map(({ id, name }) => ({
        service_id: id,
        service_name: name,
        organisation_id: null,
        organisation_name: null,
      })),
    });
  };
}
