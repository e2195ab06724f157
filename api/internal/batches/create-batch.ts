import type { Context } from "hono";
import * as v from "valibot";
import { parseInstant } from "../../../shared/time/instant.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { readObject, Uuid } from "../read-object.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { BatchRouteDeps } from "./deps.ts";
import { type BatchRefusal, makeBatch, mostDaysAhead } from "./make-batch.ts";
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

/** POST /service/{id}/job: makes a batch of a file that was uploaded (`spec/admin-api.md` 5.3). */
export function createBatch(deps: Pick<BatchRouteDeps, "ask" | "findService" | "now">) {
  return async (c: Context): Promise<Response> => {
    const service = await deps.findService(serviceIdOf(c));
    if (!service) throw noResult();
    if (!service.active) throw refusalOf("inactive");
    const request = readObject(Request, await readBody(c.req.raw));
    const batch = await makeBatch(deps, {
      service,
      id: request.id,
      createdById: request.created_by ?? null,
      contactListId: request.contact_list_id ?? null,
      scheduledFor: request.scheduled_for ?? null,
    });
    if (typeof batch === "string") throw refusalOf(batch);
    return answerJson(201, { data: viewBatch(batch, []) });
  };
}

function refusalOf(refusal: BatchRefusal): Refusal {
  switch (refusal) {
    case "inactive":
      return new Refusal(403, "Create job is not allowed: service is inactive ");
    case "trial-letters":
      return new Refusal(403, "Create letter job is not allowed for service in trial mode ");
    case "not-valid":
      return new Refusal(400, "File is not valid, can't create job");
    case "template-deleted":
      return new Refusal(400, { template: ["Template has been deleted"] });
    case "past":
      return new Refusal(400, { scheduled_for: ["Date cannot be in the past"] });
    case "too-far":
      return new Refusal(400, {
        scheduled_for: [`Date cannot be more than ${mostDaysAhead} days in the future`],
      });
    case "no-upload":
    case "no-user":
      return noResult();
  }
}
