import type { Context } from "hono";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ApiEnv } from "../../env.ts";
import { rootUrl } from "../../root.ts";
import { parseUuid } from "../../uuid.ts";
import { validationError } from "../schema/faults.ts";
import { notUuid } from "../schema/words.ts";
import { noResult } from "./no-result.ts";
import { viewNotification } from "./view-notification.ts";

/** GET /v2/notifications/{id}: one notification and what became of it. */
export function getNotification(deps: ApiDeps) {
  const { findNotification, readRates, readHolidays, apiHost, createUnsubscribeUrl } = deps;
  return async (c: Context<ApiEnv>): Promise<Response> => {
    const id = parseUuid(c.req.param("id") ?? "");
    if (id === null) throw validationError([`notification_id ${notUuid}`]);
    const notification = await findNotification(c.get("service").id, id);
    if (!notification) throw noResult();
    const view = {
      rates: await readRates(),
      holidays: await readHolidays(),
      root: rootUrl(c, apiHost),
      createUnsubscribeUrl,
    };
    return answerJson(200, await viewNotification(notification, view));
  };
}
