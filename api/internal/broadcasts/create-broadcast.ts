import type { Context } from "hono";
import * as v from "valibot";
import type { Draft } from "../../../shared/broadcast/compose.ts";
import { isJsonObject, type Json } from "../../../shared/json/json.ts";
import { pythonRepr } from "../../../shared/json/python.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { readFields, validationError } from "../../v2/schema/faults.ts";
import { describedUuid, Personalisation, StorableText } from "../../v2/schema/fields.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { answerComposed } from "./answer-composed.ts";
import type { BroadcastRouteDeps } from "./desk.ts";
import { AreasField, Instant } from "./requests.ts";

const Request = v.object({
  service_id: describedUuid("The service it is for"),
  created_by: describedUuid("Who writes it"),
  template_id: v.optional(describedUuid("A template of the service")),
  personalisation: v.optional(Personalisation),
  content: v.optional(v.pipe(StorableText, v.minLength(1, "is too short"))),
  reference: v.optional(
    v.pipe(StorableText, v.minLength(1, "is too short"), v.maxLength(255, "is too long")),
  ),
  starts_at: v.optional(Instant),
  finishes_at: v.optional(Instant),
  areas: v.optional(AreasField),
});

/** POST /service/{id}/broadcast-message: writes an alert; nobody sees it yet. */
export function createBroadcast({ broadcasts, now, newId }: BroadcastRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const body = await readBody(c.req.raw);
    const request = readFields(Request, body);
    const words = wordsOf(request, body);
    if (request.service_id !== serviceId) throw validationError(["service_id is not that of the path"]);
    const composed = await broadcasts.compose({
      id: newId(),
      serviceId,
      userId: request.created_by,
      words,
      areas: request.areas ?? {},
      startsAt: request.starts_at ?? null,
      finishesAt: request.finishes_at ?? null,
      at: now(),
    });
    return answerComposed(composed, (shown) => answerJson(201, shown));
  };
}

/** Either a template, or words of its own and a reference; the messages are those of Notify's schema. */
function wordsOf(request: v.InferOutput<typeof Request>, body: Json): Draft["words"] {
  const { template_id: templateId, personalisation = {}, content, reference } = request;
  const shown = isJsonObject(body) ? pythonRepr(body) : "";
  if (templateId !== undefined) {
    if (content === undefined && reference === undefined) return { templateId, personalisation };
    throw validationError([
      `${shown} is valid under each of {required: [content]}, {required: [template_id]}`,
    ]);
  }
  if (content !== undefined && reference !== undefined) return { content, reference };
  throw validationError([`${shown} is not valid under any of the given schemas`]);
}
