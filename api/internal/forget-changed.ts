import type { MiddlewareHandler } from "hono";
import { parseUuid } from "../uuid.ts";

/** Has a service read anew once a request may have changed it (`spec/admin-api.md` 1). */
export function forgetChanged({ forgetService }: { forgetService: (id: string) => void }): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (c.req.method === "GET" || !c.res.ok) return;
    const id = parseUuid(c.req.param("service") ?? "");
    if (id !== null) forgetService(id);
  };
}
