import type { Context } from "hono";
import * as v from "valibot";
import type { ApiDeps } from "../../deps.ts";
import { answerPdf } from "../../letters/answer-pdf.ts";
import { firstValues } from "../../query.ts";
import { parseUuid } from "../../uuid.ts";
import { pdfFaults } from "../../v2/notifications/letter-words.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { notOneOf } from "../../v2/schema/words.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult, Refusal } from "../refusal.ts";

const files = ["letter", "original"] as const;
const Query = v.object({ file: v.optional(v.picklist(files, notOneOf(files))) });

/**
 * GET /service/{id}/notifications/{id}/pdf: any letter's PDF, whatever became of it. `?file=letter` is what is printed,
 * `original` what the service sent; without either the first that there is.
 */
export function getLetterPdf({ findNotification, letters }: Pick<ApiDeps, "findNotification" | "letters">) {
  return async (c: Context): Promise<Response> => {
    const { file } = readFields(Query, firstValues(c.req.url));
    const id = parseUuid(c.req.param("id") ?? "");
    const notification = id === null ? null : await findNotification(serviceIdOf(c), id);
    if (!notification) throw noResult();
    if (notification.channel !== "letter") throw new Refusal(400, pdfFaults.noLetter);
    for (const which of file ? [file] : files) {
      const pdf = await letters.readPdf(notification.id, which);
      if (pdf) return saved(answerPdf(c.req.raw, pdf), notification.id);
    }
    throw new Refusal(404, "This letter has no PDF");
  };
}

/** Kept from opening in a browser: it may hold what the virus scan found. */
function saved(answer: Response, id: string): Response {
  answer.headers.set("Content-Disposition", `attachment; filename="${id}.pdf"`);
  return answer;
}
