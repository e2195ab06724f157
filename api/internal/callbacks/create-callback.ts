import type { Context } from "hono";
import * as v from "valibot";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { CallbackRouteDeps } from "./desk.ts";
import { BearerToken, callbackUrl, serviceIdOf, Type, UpdatedBy } from "./requests.ts";
import { viewCallback } from "./view-callback.ts";

/** POST /service/{id}/callback-api: sets where a service is told. The only time its signing secret is shown. */
export function createCallback({ callbacks, now }: CallbackRouteDeps) {
  const Request = v.object({
    url: callbackUrl(callbacks.urlFault),
    bearer_token: BearerToken,
    updated_by_id: UpdatedBy,
    callback_type: Type,
  });

  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const request = readFields(Request, await readBody(c.req.raw));
    const created = await callbacks.create(
      { serviceId, type: request.callback_type, url: request.url, bearerToken: request.bearer_token },
      { updatedById: request.updated_by_id, at: now() },
    );
    switch (created.outcome) {
      case "created":
        return answerJson(201, {
          data: { ...viewCallback(created.config), signing_secret: created.signingSecret },
        });
      case "taken":
        throw new Refusal(400, "You can only have one URL and bearer token for your service.");
      case "no-service":
        throw noResult();
    }
  };
}
