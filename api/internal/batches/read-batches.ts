import type { Context } from "hono";
import { type BatchStatus, batchStatuses } from "../../../shared/batch/batch.ts";
import { countScheduled, findBatch, listBatches, markCancelled } from "../../../shared/batch/queries.ts";
import { countNotifications, countStatuses } from "../../../shared/batch/statistics.ts";
import { addDays } from "../../../shared/time/calendar.ts";
import { londonDate, londonMidnight } from "../../../shared/time/london.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import { parseUuid } from "../../uuid.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult, Refusal } from "../refusal.ts";
import { parameter, wholeNumber } from "../usage/requests.ts";
import type { BatchRouteDeps } from "./deps.ts";
import { viewBatch } from "./view-batch.ts";

const pageSize = 50;

/** Pages further on than Postgres can count to are as empty as those before. */
const mostPages = 1_000_000;
const mostDays = 3650;

/** GET /service/{id}/job: a page of a service's batches. */
export function showBatches({ ask, now }: BatchRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const page = pageOf(c);
    const query = {
      serviceId,
      statuses: statusesOf(c),
      contactListId: contactListOf(c),
      since: sinceOf(c, now()),
      page,
      pageSize,
    };
    const { batches, total } = await ask((sql) => listBatches(sql, query));
    const counts = await ask((sql) => countStatuses(sql, serviceId, batches, now()));
    return answerJson(200, {
      data: batches.map((batch) => viewBatch(batch, counts.get(batch.id) ?? [])),
      page_size: pageSize,
      total,
      links: linksOf(`/service/${serviceId}/job`, page, total),
    });
  };
}

/** GET /service/{id}/job/{id}: one batch. */
export function getBatch({ ask, now }: BatchRouteDeps) {
  return async (c: Context): Promise<Response> => await answerBatch(c, { ask, now });
}

/** POST /service/{id}/job/{id}/cancel: calls off a batch that waits for its time. */
export function cancelBatch({ ask, now }: BatchRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const isCancelled = await ask((sql) => markCancelled(sql, serviceIdOf(c), idOf(c), now()));
    if (!isCancelled) throw noResult();
    return await answerBatch(c, { ask, now });
  };
}

/** GET /service/{id}/job/{id}/notification_count: how many of a batch's messages there are. */
export function countBatch({ ask }: BatchRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const batch = await ask((sql) => findBatch(sql, serviceId, idOf(c)));
    if (batch === null) throw noResult();
    return answerJson(200, { count: await ask((sql) => countNotifications(sql, serviceId, batch.id)) });
  };
}

/** GET /service/{id}/job/scheduled-job-stats: what waits for its time. */
export function showScheduled({ ask }: BatchRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { count, soonestAt } = await ask((sql) => countScheduled(sql, serviceIdOf(c)));
    return answerJson(200, { count, soonest_scheduled_for: soonestAt && toTimestamp(soonestAt) });
  };
}

async function answerBatch(c: Context, { ask, now }: Pick<BatchRouteDeps, "ask" | "now">): Promise<Response> {
  const serviceId = serviceIdOf(c);
  const batch = await ask((sql) => findBatch(sql, serviceId, idOf(c)));
  if (batch === null) throw noResult();
  const counts = await ask((sql) => countStatuses(sql, serviceId, [batch], now()));
  return answerJson(200, { data: viewBatch(batch, counts.get(batch.id) ?? []) });
}

function idOf(c: Context): string {
  const id = parseUuid(c.req.param("id") ?? "");
  if (id === null) throw noResult();
  return id;
}

/** What is no status is none that a batch has. */
function statusesOf(c: Context): BatchStatus[] | null {
  const asked = parameter(c, "statuses")
    ?.split(",")
    .map((status) => status.trim());
  return asked ? batchStatuses.filter((status) => asked.includes(status)) : null;
}

function contactListOf(c: Context): string | null {
  const given = parameter(c, "contact_list_id");
  const id = given === null ? null : parseUuid(given);
  if (given !== null && id === null) throw noResult();
  return id;
}

function pageOf(c: Context): number {
  if (parameter(c, "page") === null) return 1;
  const page = wholeNumber(c, "page");
  if (page === null || page < 1 || page > mostPages) throw new Refusal(400, "Invalid page");
  return page;
}

/** The midnight that many days back. */
function sinceOf(c: Context, now: Date): Date | null {
  if (parameter(c, "limit_days") === null) return null;
  const days = wholeNumber(c, "limit_days");
  if (days === null || days < 0 || days > mostDays) {
    throw new Refusal(400, { limit_days: [`limit_days must be between 0 and ${mostDays}`] });
  }
  return londonMidnight(addDays(londonDate(now), -days));
}

function linksOf(path: string, page: number, total: number): Record<string, string> {
  const pages = Math.ceil(total / pageSize);
  return {
    ...(page > 1 && { prev: `${path}?page=${page - 1}` }),
    ...(page < pages && { next: `${path}?page=${page + 1}`, last: `${path}?page=${pages}` }),
  };
}
