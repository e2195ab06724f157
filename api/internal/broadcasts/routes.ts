import { Hono, type MiddlewareHandler } from "hono";
import { changeStatus } from "./change-status.ts";
import { createBroadcast } from "./create-broadcast.ts";
import type { BroadcastRouteDeps } from "./desk.ts";
import { getBroadcast, getEffect, listBroadcasts, listPublicAlerts } from "./read-broadcasts.ts";
import { setAsBroadcastService } from "./set-service.ts";
import { updateBroadcast } from "./update-broadcast.ts";

interface Auth {
  /** Operators' programs. */
  operators: MiddlewareHandler;
  /** The program that shows the public what alerts there are. */
  alerts: MiddlewareHandler;
}

/** Emergency alerts at Notify's paths (`spec/broadcasts.md` 3), and ours below them. */
export function broadcastRoutes({ operators, alerts }: Auth, deps: BroadcastRouteDeps): Hono {
  const all = "/service/:service/broadcast-message";
  return new Hono()
    .get(all, operators, listBroadcasts(deps))
    .post(all, operators, createBroadcast(deps))
    .get(`${all}/:id`, operators, getBroadcast(deps))
    .post(`${all}/:id`, operators, updateBroadcast(deps))
    .post(`${all}/:id/status`, operators, changeStatus(deps))
    .get(`${all}/:id/effect`, operators, getEffect(deps))
    .post("/service/:service/set-as-broadcast-service", operators, setAsBroadcastService(deps))
    .get("/govuk-alerts", alerts, listPublicAlerts(deps));
}
