import type { Context } from "hono";
import * as v from "valibot";
import { fewestDays, isRetentionDays, mostDays } from "../../../shared/retention/days.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { parseUuid } from "../../uuid.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { notOfType, notOneOf } from "../../v2/schema/words.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { Refusal } from "../refusal.ts";
import type { RetentionRouteDeps } from "./desk.ts";
import { channels, viewRetention } from "./read.ts";

const Days = v.custom<number>(
  (input) => typeof input === "number" && Number.isInteger(input),
  notOfType("integer"),
);

const NewRequest = v.object({
  days_of_retention: Days,
  notification_type: v.picklist(channels, notOneOf([...channels])),
});

const ChangeRequest = v.object({ days_of_retention: Days });

/** POST /service/{id}/data-retention: chooses how long messages of a type are kept. */
export function createDataRetention({ dataRetention, now, newId }: RetentionRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const request = readFields(NewRequest, await readBody(c.req.raw));
    const { notification_type: type, days_of_retention: days } = request;
    assertDays(days);
    const created = await dataRetention.create({ id: newId(), serviceId, type, days, at: now() });
    if (created === "no-service") throw new Refusal(404, "No result found");
    if (created === "taken") {
      throw new Refusal(400, `Service already has data retention for ${type} notification type`);
    }
    return answerJson(201, { result: viewRetention(created) });
  };
}

/** POST /service/{id}/data-retention/{id}: chooses otherwise. */
export function changeDataRetention({ dataRetention, now }: RetentionRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const { days_of_retention: days } = readFields(ChangeRequest, await readBody(c.req.raw));
    assertDays(days);
    const given = c.req.param("id") ?? "";
    const id = parseUuid(given);
    if (id === null || !(await dataRetention.change({ serviceId, id, days, at: now() }))) {
      throw new Refusal(
        404,
        `The service data retention for id: ${id ?? given} was not found for service: ${serviceId}`,
      );
    }
    return new Response(null, { status: 204 });
  };
}

/** Notify's rule, which only its web application keeps (`spec/admin-api.md` 2). */
function assertDays(days: number): void {
  if (!isRetentionDays(days)) {
    throw new Refusal(400, `The number of days must be between ${fewestDays} and ${mostDays}`);
  }
}
