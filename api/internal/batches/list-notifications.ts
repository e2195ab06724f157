import type { Context } from "hono";
import { listBatchNotifications } from "../../../shared/batch/notifications.ts";
import { findBatch } from "../../../shared/batch/queries.ts";
import { answerJson } from "../../answer.ts";
import { parseUuid } from "../../uuid.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { filterOf, readListQuery } from "../notifications/requests.ts";
import { viewNotification, viewRow } from "../notifications/view.ts";
import { noResult } from "../refusal.ts";
import { parameter } from "../usage/requests.ts";
import type { BatchRouteDeps } from "./deps.ts";

const usualPageSize = 50;

/**
 * GET /service/{id}/job/{id}/notifications: a page of what a batch's rows became, in their order; with `format_for_csv`
 * as rows for a spreadsheet.
 */
export function listNotificationsOfBatch({ ask, now }: Pick<BatchRouteDeps, "ask" | "now">) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const batchId = parseUuid(c.req.param("id") ?? "");
    if (batchId === null) throw noResult();
    const query = await readListQuery(c);
    const { statuses, types } = filterOf(serviceId, query, now());
    const { page, page_size } = query;
    const range = { page: page ?? 1, pageSize: page_size ?? usualPageSize };
    const batch = await ask((sql) => findBatch(sql, serviceId, batchId));
    if (batch === null) throw noResult();
    const { notifications, total } = await ask((sql, cipher) =>
      listBatchNotifications(sql, cipher, { serviceId, batchId, statuses, types, ...range }),
    );
    // Beyond the last there is nothing, but for the first.
    if (notifications.length === 0 && range.page > 1) throw noResult();
    const view = isAskedFor(parameter(c, "format_for_csv")) ? viewRow : viewNotification;
    return answerJson(200, {
      notifications: notifications.map((notification) => view(notification)),
      page_size: range.pageSize,
      total,
      links: linksOf(new URL(c.req.url), { ...range, total }),
    });
  };
}

/** As Notify takes it: any word, but those for no. */
function isAskedFor(word: string | null): boolean {
  return !["", "false"].includes(word?.toLowerCase() ?? "");
}

/** The same question of other pages. */
function linksOf(
  { pathname, searchParams }: URL,
  { page, pageSize, total }: { page: number; pageSize: number; total: number },
): Record<string, string> {
  const linkTo = (other: number) => {
    const query = new URLSearchParams(searchParams);
    query.set("page", String(other));
    return `${pathname}?${query}`;
  };
  const pages = Math.ceil(total / pageSize);
  return {
    ...(page > 1 && { prev: linkTo(page - 1) }),
    ...(page < pages && { next: linkTo(page + 1), last: linkTo(pages) }),
  };
}
