import { Hono, type MiddlewareHandler } from "hono";
import { addUser, listUsers, removeUser } from "./members.ts";
import { findServices, getHistory, getService, listServices } from "./read.ts";
import { archive, createService, type ServiceRouteDeps, updateService } from "./write.ts";

/** Services and their people (`spec/admin-api.md` 4.1). */
export function serviceRoutes(auth: MiddlewareHandler, deps: ServiceRouteDeps): Hono {
  const path = "/service/:service";
  return (
    new Hono()
      .get("/service", auth, listServices(deps))
      .post("/service", auth, createService(deps))
      // Before those that would take its name for an id.
      .get("/service/find-services-by-name", auth, findServices(deps))
      .get(path, auth, getService(deps))
      .post(path, auth, updateService(deps))
      .post(`${path}/archive`, auth, archive(deps))
      .get(`${path}/history`, auth, getHistory(deps))
      .get(`${path}/users`, auth, listUsers(deps))
      .post(`${path}/users/:user`, auth, addUser(deps))
      .delete(`${path}/users/:user`, auth, removeUser(deps))
  );
}
