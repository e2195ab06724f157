import type { MiddlewareHandler } from "hono";
import { auth } from "hono/utils/basic-auth";
import { timingSafeEqual } from "hono/utils/buffer";
import type { Log } from "../../shared/log.ts";

/** User and password. */
export type Credentials = readonly [string, string];

/**
 * Basic authentication: 401 without, 403 with wrong credentials, as Notify answers providers. Any of the pairs will do,
 * so that a provider can be moved from one to the next. Null lets everyone in.
 */
export function requireCredentials(allowed: readonly Credentials[] | null, log: Log): MiddlewareHandler {
  return async (c, next) => {
    if (allowed === null) return next();
    const given = c.req.header("Authorization") === undefined ? null : auth(c.req.raw);
    if (given === null) {
      log.warn({ path: c.req.path }, "Receipt without credentials");
      c.header("WWW-Authenticate", 'Basic realm="receipts", charset="UTF-8"');
      return c.json({ result: "error", message: "Unauthorized, this route needs credentials" }, 401);
    }
    if (given === undefined || !(await isAllowed([given.username, given.password], allowed))) {
      log.warn({ path: c.req.path }, "Receipt with wrong credentials");
      return c.json({ result: "error", message: "Forbidden, wrong credentials" }, 403);
    }
    return next();
  };
}

/** Takes the same time whichever pair fits, and whichever half does not. */
async function isAllowed([user, password]: Credentials, allowed: readonly Credentials[]): Promise<boolean> {
  const matches = await Promise.all(
    allowed.map(async (pair) => {
      const halves = await Promise.all([timingSafeEqual(user, pair[0]), timingSafeEqual(password, pair[1])]);
      return halves.every(Boolean);
    }),
  );
  return matches.some(Boolean);
}
