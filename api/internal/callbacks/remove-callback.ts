import type { Context } from "hono";
import type { CallbackRouteDeps } from "./desk.ts";
import { keyOf, noCallback, typeInQuery } from "./requests.ts";

/** DELETE /service/{id}/callback-api/{id}: the service is told nothing any more, of what waits neither. */
export function removeCallback({ callbacks, now }: CallbackRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const type = typeInQuery(c);
    if (!(await callbacks.remove(keyOf(c, type), now()))) throw noCallback(type);
    return new Response(null, { status: 204 });
  };
}
