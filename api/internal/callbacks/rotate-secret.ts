import type { Context } from "hono";
import * as v from "valibot";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { readFields } from "../../v2/schema/faults.ts";
import type { CallbackRouteDeps } from "./desk.ts";
import { keyOf, noCallback, Type, UpdatedBy } from "./requests.ts";
import { viewCallback } from "./view-callback.ts";

const Request = v.object({ updated_by_id: UpdatedBy, callback_type: Type });

/**
 * POST /service/{id}/callback-api/{id}/rotate-secret: makes another signing secret, or the first. The only time it is
 * shown; the one before signs too for 24 hours.
 */
export function rotateSecret({ callbacks, now }: CallbackRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { updated_by_id: updatedById, callback_type: type } = readFields(
      Request,
      await readBody(c.req.raw),
    );
    const rotated = await callbacks.rotateSecret(keyOf(c, type), { updatedById, at: now() });
    if (!rotated) throw noCallback(type);
    const { config, signingSecret } = rotated;
    const until = config.previousSecretUntil;
    return answerJson(200, {
      data: {
        ...viewCallback(config),
        signing_secret: signingSecret,
        previous_secret_until: until && toTimestamp(until),
      },
    });
  };
}
