import type { Context } from "hono";
import * as v from "valibot";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { readFields } from "../../v2/schema/faults.ts";
import type { CallbackRouteDeps } from "./desk.ts";
import { keyOf, noCallback, Type, UpdatedBy } from "./requests.ts";
import { viewCallback } from "./view-callback.ts";

const Request = v.object({ updated_by_id: UpdatedBy, callback_type: Type });

/** POST /service/{id}/callback-api/{id}/resume: sends to a suspended callback, or one that is spared, again. */
export function resumeCallback({ callbacks, now }: CallbackRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { updated_by_id: updatedById, callback_type: type } = readFields(
      Request,
      await readBody(c.req.raw),
    );
    const config = await callbacks.resume(keyOf(c, type), { updatedById, at: now() });
    if (!config) throw noCallback(type);
    return answerJson(200, { data: viewCallback(config) });
  };
}
