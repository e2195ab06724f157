import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { Metrics } from "../../shared/metrics/metrics.ts";

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Times every request, under the pattern of the route that answered: its path may hold a secret. */
export function measure(metrics: Metrics): MiddlewareHandler {
  return async (c, next) => {
    const startedAt = performance.now();
    await next();
    // The last that was asked; this one answers what no other took.
    const route = routePath(c);
    // Anybody may send any word.
    const method = methods.has(c.req.method) ? c.req.method : "other";
    const { status } = c.res;
    metrics.answered(
      { method, route: route === "/*" ? "none" : route, status },
      (performance.now() - startedAt) / 1000,
    );
  };
}
