import type { Context, MiddlewareHandler } from "hono";
import { RequestError } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import { answerError } from "../answer.ts";
import type { ApiEnv } from "../env.ts";

/** Notify's own figure. */
export const requestLimitMs = 29_500;

/**
 * Answers 504 for a request that takes longer, a slow upload say, and marks it `timedOut`: what its route goes on to
 * do nobody will be told of any more.
 */
export function timeOut(limitMs: number, log: Log): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(resolve, limitMs, "late" as const);
    });
    const outcome = await Promise.race([next(), late]);
    clearTimeout(timer);
    if (outcome !== "late") return;
    c.set("timedOut", true);
    log.warn({ method: c.req.method, path: c.req.path }, "Request timed out");
    return answerError(timedOut());
  };
}

/** Throws where the client has been told already that nothing came of its request. */
export function refuseIfTimedOut(c: Context<ApiEnv>): void {
  if (c.get("timedOut")) throw timedOut();
}

function timedOut(): RequestError {
  return new RequestError(504, [{ error: "SoftEventletTimeout", message: "Timeout serving request" }]);
}
