import type { Context } from "hono";
import * as v from "valibot";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { readFields } from "../../v2/schema/faults.ts";
import type { CallbackRouteDeps } from "./desk.ts";
import { BearerToken, callbackUrl, keyOf, noCallback, Type, UpdatedBy } from "./requests.ts";
import { viewCallback } from "./view-callback.ts";

/** POST /service/{id}/callback-api/{id}: changes what is given, which holds for what waits to be told too. */
export function updateCallback({ callbacks, now }: CallbackRouteDeps) {
  const Request = v.object({
    url: v.optional(callbackUrl(callbacks.urlFault)),
    bearer_token: v.optional(BearerToken),
    updated_by_id: UpdatedBy,
    callback_type: Type,
  });

  return async (c: Context): Promise<Response> => {
    const request = readFields(Request, await readBody(c.req.raw));
    const type = request.callback_type;
    const config = await callbacks.update(
      keyOf(c, type),
      { url: request.url, bearerToken: request.bearer_token },
      { updatedById: request.updated_by_id, at: now() },
    );
    if (!config) throw noCallback(type);
    return answerJson(200, { data: viewCallback(config) });
  };
}
