import { Hono, type MiddlewareHandler } from "hono";
import { createCallback } from "./create-callback.ts";
import type { CallbackRouteDeps } from "./desk.ts";
import { getCallback } from "./get-callback.ts";
import { removeCallback } from "./remove-callback.ts";
import { resumeCallback } from "./resume-callback.ts";
import { rotateSecret } from "./rotate-secret.ts";
import { getTest, testCallback } from "./test-callback.ts";
import { updateCallback } from "./update-callback.ts";

/** Where services are told: Notify's paths (`spec/callbacks.md` 7), and ours below them. */
export function callbackRoutes(auth: MiddlewareHandler, deps: CallbackRouteDeps): Hono {
  const one = "/service/:service/callback-api/:id";
  return new Hono()
    .post("/service/:service/callback-api", auth, createCallback(deps))
    .get(one, auth, getCallback(deps))
    .post(one, auth, updateCallback(deps))
    .delete(one, auth, removeCallback(deps))
    .post(`${one}/rotate-secret`, auth, rotateSecret(deps))
    .post(`${one}/resume`, auth, resumeCallback(deps))
    .post(`${one}/test`, auth, testCallback(deps))
    .get(`${one}/test/:test`, auth, getTest(deps));
}
