import type { Context } from "hono";
import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../../../shared/json/json.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { readObject, text, Uuid } from "../read-object.ts";
import { noResult } from "../refusal.ts";
import { type SendDeps, sendAsPerson } from "./send-as-person.ts";

export type OneOffDeps = SendDeps & Pick<ApiDeps, "findService" | "newId">;

const Request = v.object({
  template_id: Uuid,
  to: text(1000),
  created_by: Uuid,
  personalisation: v.nullish(v.custom<JsonObject>(isJsonObject, "Not a valid mapping type.")),
  sender_id: v.nullish(Uuid),
});

/** POST /service/{id}/send-notification: one message that a person sends by themselves (`spec/admin-api.md` 5.7). */
export function sendNotification(deps: OneOffDeps) {
  return async (c: Context): Promise<Response> => {
    const service = await deps.findService(serviceIdOf(c));
    if (!service) throw noResult();
    const asked = readObject(Request, await readBody(c.req.raw));
    const id = deps.newId();
    await sendAsPerson(deps, service, {
      id,
      templateId: asked.template_id,
      to: asked.to,
      given: asked.personalisation ?? {},
      senderId: asked.sender_id ?? null,
      createdById: asked.created_by,
      byOperator: false,
    });
    return answerJson(201, { id });
  };
}
