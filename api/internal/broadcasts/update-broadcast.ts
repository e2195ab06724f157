import type { Context } from "hono";
import * as v from "valibot";
import type { Areas } from "../../../shared/broadcast/broadcast.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { Personalisation } from "../../v2/schema/fields.ts";
import { Refusal } from "../refusal.ts";
import { answerComposed } from "./answer-composed.ts";
import type { BroadcastRouteDeps } from "./desk.ts";
import { AreasField, broadcastOf, Instant } from "./requests.ts";

const Request = v.object({
  personalisation: v.optional(Personalisation),
  starts_at: v.optional(Instant),
  finishes_at: v.optional(Instant),
  areas: v.optional(AreasField),
});

/** POST /service/{id}/broadcast-message/{id}: changes an alert that nobody approved yet. */
export function updateBroadcast({ broadcasts, now }: BroadcastRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { serviceId, id } = broadcastOf(c);
    const request = readFields(Request, await readBody(c.req.raw));
    const composed = await broadcasts.edit({
      serviceId,
      id,
      areas: wholeAreas(id, request.areas),
      startsAt: request.starts_at,
      finishesAt: request.finishes_at,
      personalisation: request.personalisation,
      at: now(),
    });
    return answerComposed(composed, (shown) => answerJson(200, shown));
  };
}

/** Undefined where they are to stay as they are: Notify leaves alone what has neither of the two. */
function wholeAreas(id: string, areas: Areas | undefined): Areas | undefined {
  if (!areas || (!areas.ids && !areas.simple_polygons)) return undefined;
  if (areas.ids && areas.simple_polygons) return areas;
  throw new Refusal(400, `Cannot update broadcast_message ${id}, area IDs or polygons are missing.`);
}
