import type { Context } from "hono";
import { toBase64 } from "../../../shared/base64.ts";
import { answerJson } from "../../answer.ts";
import { parseUuid } from "../../uuid.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { NotificationRouteDeps } from "./read.ts";

/**
 * GET /service/{id}/template/preview/{notification}/pdf: a letter as it is printed, or as the service sent it where it
 * is not printed. Its pages are not drawn as pictures: no runtime of the API can.
 */
export function previewLetter({ findNotification, letters }: NotificationRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const type = c.req.param("type");
    if (type !== "pdf" && type !== "png") throw new Refusal(400, "file_type must be pdf or png");
    const id = parseUuid(c.req.param("id") ?? "");
    const notification = id === null ? null : await findNotification(serviceIdOf(c), id);
    if (notification?.channel !== "letter") throw noResult();
    if (type === "png") throw new Refusal(400, "Letters are not drawn as png here: ask for pdf");
    const pdf =
      (await letters.readPdf(notification.id, "letter")) ??
      (await letters.readPdf(notification.id, "original"));
    if (!pdf) throw new Refusal(404, "This letter has no PDF");
    return answerJson(200, { content: toBase64(pdf), metadata: {} });
  };
}
