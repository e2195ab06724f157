import type { Context } from "hono";
import * as v from "valibot";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { insertLetterUpload } from "../../../shared/upload/letter-uploads.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { firstValues } from "../../query.ts";
import { largestPdfBytes } from "../../v2/notifications/letter-words.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { refuseUnpermitted } from "../notifications/one-off-refusals.ts";
import { readFile } from "../read-file.ts";
import { readObject, text } from "../read-object.ts";
import { noResult, Refusal } from "../refusal.ts";

export type UploadLetterDeps = Pick<ApiDeps, "ask" | "findService" | "letterFiles" | "newId" | "now">;

const Query = v.object({ file_name: v.pipe(text(255), v.minLength(1, "Shorter than minimum length 1.")) });

const tooLarge = "Your file must be smaller than 2 MB";

/**
 * POST /service/{id}/upload-letter?file_name: takes a PDF as the request's body and keeps it until it is sent, for two
 * days at most. Ours: Notify's web application puts it into storage. It is judged once it is sent, as every letter is
 * that its service made.
 */
export function uploadLetter({ ask, findService, letterFiles, newId, now }: UploadLetterDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const { file_name: fileName } = readObject(Query, firstValues(c.req.url));
    const service = await findService(serviceId);
    if (!service) throw noResult();
    refuseUnpermitted(service, "letter");
    const pdf = await readFile(c.req.raw, { most: largestPdfBytes, tooLarge });
    if (!isPdf(pdf)) throw new Refusal(400, "Your file must be a PDF");

    const upload = { id: newId(), serviceId, fileName, createdAt: now() };
    // The file first, so that no upload is ever without.
    await letterFiles.store(upload.id, pdf);
    try {
      await ask((sql) => insertLetterUpload(sql, upload));
    } catch (error) {
      // What cannot be removed is a file that nobody knows of: no reason to answer otherwise.
      await letterFiles.remove(upload.id).catch(() => {});
      throw error;
    }
    return answerJson(201, {
      data: {
        id: upload.id,
        service: serviceId,
        original_file_name: fileName,
        created_at: toTimestamp(upload.createdAt),
      },
    });
  };
}

/** Readers look for the mark in the first kilobyte (ISO 32000-1, note 13 of annex H). */
function isPdf(bytes: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(0, 1024)).includes("%PDF-");
}
