import type { Context } from "hono";
import { toBase64 } from "../../../shared/base64.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { type DrawableLetter, findDrawable } from "../../../shared/letter/picture-queries.ts";
import { answerJson } from "../../answer.ts";
import { parseUuid } from "../../uuid.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { pngOf } from "../letters/picture.ts";
import { pageOf } from "../page.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { NotificationRouteDeps } from "./read.ts";

/**
 * GET /service/{id}/template/preview/{notification}/{pdf or png}?page=1: a letter as it is printed, or as the service
 * sent it where it is not printed. A picture of one that failed validation shows what is wrong; why it failed is told
 * beside either, as texts.
 */
export function previewLetter({ ask, letters }: NotificationRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const type = c.req.param("type");
    if (type !== "pdf" && type !== "png") throw new Refusal(400, "file_type must be pdf or png");
    const [serviceId, notificationId] = [serviceIdOf(c), parseUuid(c.req.param("id") ?? "")];
    const letter = notificationId && (await ask((sql) => findDrawable(sql, serviceId, notificationId)));
    if (!letter) throw noResult();
    if (type === "png") {
      const asked = { serviceId, notificationId, page: pageOf(c), withFaults: true };
      const png = pngOf(await letters.picture(asked, c.req.raw.signal));
      return answerJson(200, { content: toBase64(png), metadata: metadataOf(letter) });
    }
    const pdf =
      (await letters.readPdf(notificationId, "letter")) ??
      (await letters.readPdf(notificationId, "original"));
    if (!pdf) throw new Refusal(404, "This letter has no PDF");
    return answerJson(200, { content: toBase64(pdf), metadata: metadataOf(letter) });
  };
}

function metadataOf({ refusal, refusedPages, pages }: DrawableLetter): JsonObject {
  if (refusal === null) return {};
  const page_count = pages === null ? {} : { page_count: `${pages}` };
  return { message: refusal, invalid_pages: JSON.stringify(refusedPages ?? []), ...page_count };
}
