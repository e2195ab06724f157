import { type Context, Hono, type MiddlewareHandler } from "hono";
import * as v from "valibot";
import { isDataFault } from "../../../shared/database.ts";
import { storeEvent } from "../../../shared/event/queries.ts";
import { isJsonObject, type JsonObject } from "../../../shared/json/json.ts";
import { stringifyJson } from "../../../shared/json/stringify.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { readObject, text } from "../read-object.ts";
import { Refusal } from "../refusal.ts";

type EventRouteDeps = Pick<ApiDeps, "ask" | "now" | "newId">;

const Request = v.object({
  event_type: v.pipe(text(255), v.minLength(1, "Shorter than minimum length 1.")),
  data: v.custom<JsonObject>(isJsonObject, "Not a valid mapping type."),
});

/** What people did in operators' programs, noted (`spec/admin-api.md` 4.7). */
export function eventRoutes(auth: MiddlewareHandler, deps: EventRouteDeps): Hono {
  return new Hono().post("/events", auth, postEvent(deps));
}

/** POST /events */
function postEvent({ ask, now, newId }: EventRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { event_type: type, data } = readObject(Request, await readBody(c.req.raw));
    const event = { id: newId(), type, data: stringifyJson(data), at: now() };
    try {
      await ask((sql) => storeEvent(sql, event));
    } catch (error) {
      // Python's JSON has numbers that are none.
      if (isDataFault(error)) throw new Refusal(400, { data: ["Not a valid mapping type."] });
      throw error;
    }
    return answerJson(201, {
      data: { id: event.id, event_type: type, data, created_at: toTimestamp(event.at) },
    });
  };
}
