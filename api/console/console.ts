import { Hono } from "hono";
import type { ApiDeps } from "../deps.ts";
import { accessOf, belowServices, ofService, roleIn } from "./access.ts";
import { accountPages } from "./account/routes.tsx";
import { alertPages } from "./alerts/routes.tsx";
import { answerFault } from "./answer-fault.tsx";
import { apiKeyPages } from "./api-keys/routes.ts";
import { assetRoutes } from "./assets.ts";
import { auditPages } from "./audit/routes.tsx";
import { batchPages } from "./batches/routes.ts";
import { broadcastPages } from "./broadcasts/routes.ts";
import { callbackPages } from "./callbacks/routes.ts";
import type { ConsoleEnv } from "./env.ts";
import { notThere } from "./fault.ts";
import { guestListPages } from "./guest-list/routes.tsx";
import { consoleHeaders } from "./headers.ts";
import { letterPages } from "./letters/routes.ts";
import { memberPages } from "./members/routes.ts";
import { readNotice } from "./notice.ts";
import { notificationPages } from "./notifications/routes.ts";
import { overviewPages } from "./overview/routes.ts";
import { peoplePages } from "./people/routes.ts";
import { providerPages } from "./providers/routes.tsx";
import { queuePages } from "./queues/routes.tsx";
import { receivedTextPages } from "./received-texts/routes.tsx";
import { sameOrigin } from "./same-origin.ts";
import { schedulePages } from "./schedules/routes.tsx";
import { senderPages } from "./senders/routes.ts";
import { createServicePages } from "./services/create.tsx";
import { listServices } from "./services/list.tsx";
import { readSession } from "./session.ts";
import { settingsPages } from "./settings/routes.ts";
import { signInPages, signOutPages } from "./sign-in.tsx";
import { templatePages } from "./templates/routes.ts";
import { usagePages } from "./usage/routes.ts";

/** The pages at `/console`, for people who operate Pillarbox and for those of services. */
export function createConsole(deps: ApiDeps): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.onError(answerFault(deps.log));
  app.notFound(() => {
    throw notThere();
  });
  app.use(consoleHeaders);
  app.use(sameOrigin(deps));
  app.use(readNotice);
  app.route("/console/assets", assetRoutes());
  app.route("/console", signInPages(deps));

  // What follows is for those who have signed in, each as `access.ts` says.
  app.use(readSession(deps));
  app.use(async (c, next) => {
    const { user } = c.var;
    const serviceId = ofService.exec(c.req.path)?.[1];
    if (serviceId === undefined && belowServices.test(c.req.path)) throw notThere();
    const role =
      serviceId === undefined ? (user.isOperator ? "operator" : "viewer") : roleIn(user, serviceId);
    const access = accessOf(c.req.method, c.req.path);
    if (role === null || (access === "operator" && role !== "operator")) throw notThere();
    if (access === "manager" && role === "viewer") throw notThere();
    c.set("role", role);
    if (serviceId !== undefined) {
      const service = await deps.findService(serviceId);
      if (!service) throw notThere();
      const { id, name, active, restricted } = service;
      c.set("service", { id, name, active, restricted });
    }
    await next();
  });
  app.route("/console", signOutPages(deps));
  // Before those whose path would take `new` for a service.
  app.route("/console", createServicePages(deps));
  app.route("/console", overviewPages(deps));
  app.route("/console", accountPages(deps));
  app.get("/console/services", listServices(deps));
  app.route("/console", peoplePages(deps));
  app.route("/console", settingsPages(deps));
  app.route("/console", memberPages(deps));
  app.route("/console", notificationPages(deps));
  app.route("/console", receivedTextPages(deps));
  app.route("/console", alertPages(deps));
  app.route("/console", auditPages(deps));
  app.route("/console", schedulePages(deps));
  app.route("/console", providerPages(deps));
  app.route("/console", queuePages(deps));
  app.route("/console", batchPages(deps));
  app.route("/console", broadcastPages(deps));
  app.route("/console", templatePages(deps));
  app.route("/console", apiKeyPages(deps));
  app.route("/console", callbackPages(deps));
  app.route("/console", senderPages(deps));
  app.route("/console", usagePages(deps));
  app.route("/console", guestListPages(deps));
  app.route("/console", letterPages(deps));
  return app;
}
