import type { Context } from "hono";
import { badRequest, RequestError } from "../../../shared/errors.ts";
import type { Notification } from "../../../shared/notification/notification.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ApiEnv } from "../../env.ts";
import { answerPdf } from "../../letters/answer-pdf.ts";
import { parseUuid } from "../../uuid.ts";
import { validationError } from "../schema/faults.ts";
import { notUuid } from "../schema/words.ts";
import { pdfFaults } from "./letter-words.ts";
import { noResult } from "./no-result.ts";

/** GET /v2/notifications/{id}/pdf: a letter as it is printed, or as it was refused. */
export function getPdf({ findNotification, letters }: ApiDeps) {
  return async (c: Context<ApiEnv>): Promise<Response> => {
    const id = parseUuid(c.req.param("id") ?? "");
    if (id === null) throw validationError([`notification_id ${notUuid}`]);
    const notification = await findNotification(c.get("service").id, id);
    if (!notification) throw noResult();
    refuseWithoutPdf(notification);
    const pdf =
      (await letters.readPdf(id, "letter")) ??
      // What a service made is not shown before it was scanned, and was when it was found unfit to print.
      (notification.status === "validation-failed" ? await letters.readPdf(id, "original") : null);
    if (!pdf) throw notReady();
    return answerPdf(c.req.raw, pdf);
  };
}

function refuseWithoutPdf({ channel, status }: Notification): void {
  if (channel !== "letter") throw badRequest(pdfFaults.noLetter);
  if (status === "virus-scan-failed") throw badRequest(pdfFaults.virus);
  if (status === "technical-failure") {
    throw badRequest(pdfFaults.failed);
  }
  if (status === "pending-virus-check") throw notReady();
}

function notReady(): RequestError {
  return new RequestError(400, [{ error: "PDFNotReadyError", message: pdfFaults.notReady }]);
}
