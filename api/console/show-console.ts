import type { MiddlewareHandler } from "hono";
import type { ApiDeps } from "../deps.ts";

/** Answers for the console, which is loaded when somebody first asks for it: programs do without. */
export function showConsole(deps: ApiDeps): MiddlewareHandler {
  let made: Promise<{ fetch(request: Request): Response | Promise<Response> }> | undefined;
  return async (c) => {
    made ??= import("./console.ts").then(({ createConsole }) => createConsole(deps));
    return await (await made).fetch(c.req.raw);
  };
}
