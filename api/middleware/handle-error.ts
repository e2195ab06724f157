import type { ErrorHandler } from "hono";
import { routePath } from "hono/route";
import { isUnreachable } from "../../shared/database.ts";
import { RequestError } from "../../shared/errors.ts";
import { Busy } from "../../shared/group.ts";
import type { Log } from "../../shared/log.ts";
import { StorageUnavailable } from "../../shared/storage/storage.ts";
import { answerError } from "../answer.ts";
import type { ApiEnv } from "../env.ts";

/** Turns whatever a route threw into an answer; what was not meant for the client is only logged. */
export function handleError(log: Log): ErrorHandler<ApiEnv> {
  return (error, c) => {
    if (error instanceof RequestError) return answerError(error);
    // Not the path: what it holds may be a secret, as the token of an unsubscribe link is.
    const request = { method: c.req.method, route: routePath(c) };
    if (error instanceof Busy || error instanceof StorageUnavailable || isUnreachable(error)) {
      log.warn({ ...request, err: error }, "Database or storage unreachable");
      const message = "The service is temporarily unavailable, try again later";
      return answerError({ status: 503, errors: [{ error: "ServiceUnavailable", message }] });
    }
    log.error({ ...request, err: error }, "Unhandled error");
    return answerError({
      status: 500,
      errors: [{ error: "Exception", message: "Internal server error" }],
    });
  };
}
