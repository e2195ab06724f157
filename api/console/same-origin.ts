import type { MiddlewareHandler } from "hono";
import type { ApiDeps } from "../deps.ts";
import { rootUrl } from "../root.ts";
import type { ConsoleEnv } from "./env.ts";
import { Fault } from "./fault.ts";

/**
 * Refuses what another site's page made a browser send. Browsers say where a request comes from; one that says nothing is
 * no browser, and has no cookie either.
 */
export function sameOrigin({ apiHost }: Pick<ApiDeps, "apiHost">): MiddlewareHandler<ConsoleEnv> {
  return async (c, next) => {
    if (c.req.method !== "GET" && c.req.method !== "HEAD") {
      const site = c.req.header("Sec-Fetch-Site");
      const origin = c.req.header("Origin");
      const own = new URL(rootUrl(c, apiHost)).origin;
      if ((site !== undefined && site !== "same-origin") || (origin !== undefined && origin !== own)) {
        throw new Fault(403, "This form was sent by another site");
      }
    }
    await next();
  };
}
