import { Hono, type MiddlewareHandler } from "hono";
import type { ReturnedRouteDeps } from "./desk.ts";
import { listReturned, listReturnedDays, showReturnedStatistics } from "./list.ts";
import { reportReturned } from "./report.ts";

/** Letters that the post brought back (`spec/admin-api.md` 4). */
export function returnedRoutes(auth: MiddlewareHandler, deps: ReturnedRouteDeps): Hono {
  return new Hono()
    .post("/letters/returned", auth, reportReturned(deps))
    .get("/service/:service/returned-letter-statistics", auth, showReturnedStatistics(deps))
    .get("/service/:service/returned-letter-summary", auth, listReturnedDays(deps))
    .get("/service/:service/returned-letters", auth, listReturned(deps));
}
