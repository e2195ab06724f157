import type { Context } from "hono";
import * as v from "valibot";
import { broadcastStatuses } from "../../../shared/broadcast/broadcast.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { describedUuid } from "../../v2/schema/fields.ts";
import { notOfType, notOneOf } from "../../v2/schema/words.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { BroadcastRouteDeps } from "./desk.ts";
import { broadcastOf } from "./requests.ts";
import { viewBroadcast } from "./view-broadcast.ts";

const Request = v.object({
  status: v.picklist(broadcastStatuses, notOneOf([...broadcastStatuses])),
  created_by: describedUuid("Who does it"),
  /** Ours: the version they have read. */
  version: v.optional(v.pipe(v.number(notOfType("integer")), v.integer(notOfType("integer")))),
});

/** POST /service/{id}/broadcast-message/{id}/status: hands an alert in, approves it, calls it off. */
export function changeStatus({ broadcasts, now }: BroadcastRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const key = broadcastOf(c);
    const { status, created_by: userId, version } = readFields(Request, await readBody(c.req.raw));
    const changed = await broadcasts.changeStatus({
      ...key,
      to: status,
      userId,
      versionRead: version ?? null,
      at: now(),
    });
    switch (changed.outcome) {
      case "changed":
        return answerJson(200, viewBroadcast(changed.broadcast));
      case "unknown":
        throw noResult();
      case "suspended":
        throw new Refusal(403, "Updating broadcast message is not allowed: service is inactive ");
      case "refused":
        throw new Refusal(400, changed.message);
    }
  };
}
