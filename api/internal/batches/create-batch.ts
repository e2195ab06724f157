import type { Context } from "hono";
import * as v from "valibot";
import { findBatch, createBatch as storeBatch } from "../../../shared/batch/queries.ts";
import { findUpload } from "../../../shared/batch/uploads.ts";
import { parseInstant } from "../../../shared/time/instant.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { readObject, Uuid } from "../read-object.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { BatchRouteDeps } from "./deps.ts";
import { viewBatch } from "./view-batch.ts";

const notInstant = "Not a valid datetime.";

/** UTC where no zone is given, as Notify's web application writes it. */
const Instant = v.pipe(
  v.string(notInstant),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const text = dataset.value.replace(" ", "T");
    const hasZone = /T.*(?:Z|[-+]\d\d:?\d\d)$/.test(text);
    const at = parseInstant(hasZone || !text.includes("T") ? text : `${text}Z`);
    if (at !== null) return at;
    addIssue({ message: notInstant });
    return NEVER;
  }),
);

const Request = v.object({
  id: Uuid,
  created_by: v.nullish(Uuid),
  scheduled_for: v.nullish(Instant),
  contact_list_id: v.nullish(Uuid),
});

const mostDaysAhead = 7;

/**
 * POST /service/{id}/job: makes a batch of a file that was uploaded (`spec/admin-api.md` 5.3). It is made with the
 * version of the template that the file was checked against: that is what somebody has seen. Asked again it answers the
 * batch there is.
 */
export function createBatch({ ask, findService, now }: BatchRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const service = await findService(serviceId);
    if (!service) throw noResult();
    if (!service.active) throw new Refusal(403, "Create job is not allowed: service is inactive ");
    const request = readObject(Request, await readBody(c.req.raw));

    const upload = await ask((sql) => findUpload(sql, { serviceId, id: request.id, now: now() }));
    if (upload === null) throw noResult();
    if (upload.templateType === "letter" && service.restricted) {
      throw new Refusal(403, "Create letter job is not allowed for service in trial mode ");
    }
    if (!upload.valid) throw new Refusal(400, "File is not valid, can't create job");
    if (upload.templateArchived) throw new Refusal(400, { template: ["Template has been deleted"] });
    const scheduledFor = request.scheduled_for ?? null;
    refuseUnschedulable(scheduledFor, now());

    const outcome = await ask((sql) =>
      storeBatch(sql, {
        ...upload,
        createdById: request.created_by ?? null,
        contactListId: request.contact_list_id ?? null,
        scheduledFor,
        at: now(),
      }),
    );
    const batch = outcome === "no-user" ? null : await ask((sql) => findBatch(sql, serviceId, request.id));
    if (batch === null) throw noResult();
    return answerJson(201, { data: viewBatch(batch, []) });
  };
}

function refuseUnschedulable(at: Date | null, now: Date): void {
  if (at === null) return;
  if (at < now) throw new Refusal(400, { scheduled_for: ["Date cannot be in the past"] });
  if (at.getTime() > now.getTime() + mostDaysAhead * 24 * 60 * 60 * 1000) {
    throw new Refusal(400, { scheduled_for: ["Date cannot be more than 7 days in the future"] });
  }
}
