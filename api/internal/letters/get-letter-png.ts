import type { Context } from "hono";
import type { ApiDeps } from "../../deps.ts";
import { parseUuid } from "../../uuid.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { pageOf } from "../page.ts";
import { noResult } from "../refusal.ts";
import { answerPng, pngOf } from "./picture.ts";

/**
 * GET /service/{id}/notifications/{id}/png?page=1: a page of any letter as a picture, whatever became of it; what is
 * wrong with one that failed validation is drawn over it.
 */
export function getLetterPng({ letters }: Pick<ApiDeps, "letters">) {
  return async (c: Context): Promise<Response> => {
    const notificationId = parseUuid(c.req.param("id") ?? "");
    if (notificationId === null) throw noResult();
    const asked = { serviceId: serviceIdOf(c), notificationId, page: pageOf(c), withFaults: true };
    return answerPng(pngOf(await letters.picture(asked, c.req.raw.signal)));
  };
}
