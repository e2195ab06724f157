import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { ConsoleEnv } from "./env.ts";

const name = "console-notice";

/** Takes what the last page had to say, for this one to show once. */
export const readNotice: MiddlewareHandler<ConsoleEnv> = async (c, next) => {
  const said = c.req.method === "GET" ? getCookie(c, name) : undefined;
  c.set("notice", said?.slice(0, 300) ?? null);
  await next();
  if (said !== undefined && c.res.headers.get("Content-Type")?.startsWith("text/html")) {
    deleteCookie(c, name, { path: "/console" });
  }
};

/** After a form: the page to look at next, and what it says on top. Never a secret or a message's content. */
export function redirectWith(c: Context<ConsoleEnv>, path: string, notice: string): Response {
  setCookie(c, name, notice, { path: "/console", httpOnly: true, sameSite: "Lax", maxAge: 60 });
  return c.redirect(path, 303);
}
