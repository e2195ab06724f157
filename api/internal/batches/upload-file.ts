import type { Context } from "hono";
import * as v from "valibot";
import { mostFileBytes } from "../../../shared/batch/batch.ts";
import { answerJson } from "../../answer.ts";
import { firstValues } from "../../query.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { readFile } from "../read-file.ts";
import { readObject, text, Uuid } from "../read-object.ts";
import { noResult, Refusal } from "../refusal.ts";
import { checkUpload, requirePermission, requireSender } from "./check-upload.ts";
import type { BatchRouteDeps } from "./deps.ts";
import { viewUpload } from "./view-upload.ts";

const Query = v.object({
  template_id: Uuid,
  file_name: v.pipe(text(255), v.minLength(1, "Shorter than minimum length 1.")),
  sender_id: v.optional(Uuid),
});

/**
 * POST /service/{id}/upload-csv?template_id&file_name&sender_id: takes a spreadsheet as the request's body, checks it and
 * says everything that is wrong with it. Ours: Notify does that in its web application (`spec/admin-api.md` 5.1, 5.2). A
 * file that can be sent is kept until a batch is made from it; of any other only that it was there.
 */
export function uploadFile(deps: BatchRouteDeps) {
  const { findService, findTemplate } = deps;
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const query = readObject(Query, firstValues(c.req.url));
    const service = await findService(serviceId);
    const template = service && (await findTemplate(serviceId, query.template_id));
    if (!service || !template || template.hidden || !sendable.has(template.type)) throw noResult();
    if (template.archived) throw new Refusal(400, { template: ["Template has been deleted"] });
    requirePermission(service, template);
    const senderId = query.sender_id ?? null;
    requireSender(service, template, senderId);

    const bytes = await readFile(c.req.raw, {
      most: mostFileBytes,
      tooLarge: "The file cannot be larger than 10 MB",
    });
    const { upload, file } = await checkUpload(deps, {
      ...{ service, template, bytes },
      ...{ senderId, fileName: query.file_name },
    });
    return answerJson(201, { data: viewUpload(upload, file, template.type) });
  };
}

/** Alerts have templates too. */
const sendable: ReadonlySet<string> = new Set(["sms", "email", "letter"]);
