import type { Context } from "hono";
import type { JsonObject } from "../../../shared/json/json.ts";
import {
  notificationsBefore,
  pageNotifications,
  searchNotifications,
} from "../../../shared/notification/search.ts";
import { findNotificationObject } from "../../../shared/notification/search-object.ts";
import { searchTermsOf } from "../../../shared/notification/search-terms.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { parseUuid } from "../../uuid.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult } from "../refusal.ts";
import { existingService } from "../usage/requests.ts";
import { filterOf, readListQuery } from "./requests.ts";
import { viewNotification, viewRow } from "./view.ts";

export type NotificationRouteDeps = Pick<ApiDeps, "ask" | "findNotification" | "letters" | "now">;

const usualPageSize = 50;

/**
 * GET or POST /service/{id}/notifications: a page of a service's messages, newest first; or, with `to`, those to a
 * recipient or with a reference, on one page.
 */
export function listNotifications({ ask, now }: NotificationRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const query = await readListQuery(c);
    const filter = filterOf(serviceId, query, now());
    const size = query.page_size ?? usualPageSize;
    const terms = searchTermsOf(query.to ?? "", filter.types);
    if (terms) {
      const found = await ask((sql, cipher) =>
        searchNotifications(sql, cipher, filter, { terms, limit: size }),
      );
      return answerJson(200, { notifications: found.map(viewNotification), page_size: size, links: {} });
    }
    const page = query.page ?? 1;
    // One more than the page says whether another follows.
    const range = { skip: (page - 1) * size, limit: size + 1 };
    const found = await ask((sql, cipher) => pageNotifications(sql, cipher, filter, range));
    if (found.length === 0 && page > 1) throw noResult();
    const links: JsonObject = {};
    if (page > 1) links.prev = true;
    if (found.length > size) links.next = true;
    const notifications = found.slice(0, size).map(viewNotification);
    return answerJson(200, { notifications, page_size: size, links });
  };
}

/** GET /service/{id}/notifications/{id}: one that is still kept. */
export function getNotification({ ask }: NotificationRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const id = parseUuid(c.req.param("id") ?? "");
    const notification =
      id === null ? null : await ask((sql, cipher) => findNotificationObject(sql, cipher, serviceId, id));
    if (!notification) throw noResult();
    return answerJson(200, viewNotification(notification));
  };
}

/** GET /service/{id}/notifications/csv: rows for a spreadsheet, those before the one named by `older_than`. */
export function listRows({ ask, now }: NotificationRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const query = await readListQuery(c);
    const filter = filterOf(serviceId, query, now());
    const size = query.page_size ?? usualPageSize;
    const range = { olderThan: query.older_than ?? null, limit: size };
    const found = await ask((sql, cipher) => notificationsBefore(sql, cipher, filter, range));
    return answerJson(200, { notifications: found.map(viewRow), page_size: size });
  };
}
