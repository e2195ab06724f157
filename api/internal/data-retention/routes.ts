import { Hono, type MiddlewareHandler } from "hono";
import type { RetentionRouteDeps } from "./desk.ts";
import { getDataRetention, getDataRetentionOfType, listDataRetention } from "./read.ts";
import { changeDataRetention, createDataRetention } from "./write.ts";

/** How long services' messages are kept (`spec/admin-api.md` 4.3). */
export function retentionRoutes(auth: MiddlewareHandler, deps: RetentionRouteDeps): Hono {
  const path = "/service/:service/data-retention";
  return new Hono()
    .get(path, auth, listDataRetention(deps))
    .post(path, auth, createDataRetention(deps))
    .get(`${path}/notification-type/:type`, auth, getDataRetentionOfType(deps))
    .get(`${path}/:id`, auth, getDataRetention(deps))
    .post(`${path}/:id`, auth, changeDataRetention(deps));
}
