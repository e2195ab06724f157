import type { Context } from "hono";
import { answerJson } from "../../answer.ts";
import type { CallbackRouteDeps } from "./desk.ts";
import { keyOf, noCallback, typeInQuery } from "./requests.ts";
import { viewCallback } from "./view-callback.ts";

/** GET /service/{id}/callback-api/{id}: where a service is told, without the token. */
export function getCallback({ callbacks }: Pick<CallbackRouteDeps, "callbacks">) {
  return async (c: Context): Promise<Response> => {
    const type = typeInQuery(c);
    const config = await callbacks.find(keyOf(c, type));
    if (!config) throw noCallback(type);
    return answerJson(200, { data: viewCallback(config) });
  };
}
