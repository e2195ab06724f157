import { Hono, type MiddlewareHandler } from "hono";
import type { AttemptRouteDeps } from "./desk.ts";
import { listAttempts } from "./list-attempts.ts";
import { cancelReplay, createReplay, getReplay, listReplays } from "./replays.ts";

/** What services were told, and having it told again. */
export function attemptRoutes(auth: MiddlewareHandler, deps: AttemptRouteDeps): Hono {
  const replays = "/service/:service/callback-replays";
  return new Hono()
    .get("/service/:service/callback-attempts", auth, listAttempts(deps))
    .get(replays, auth, listReplays(deps))
    .post(replays, auth, createReplay(deps))
    .get(`${replays}/:id`, auth, getReplay(deps))
    .post(`${replays}/:id/cancel`, auth, cancelReplay(deps));
}
