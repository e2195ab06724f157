import type { Context, ErrorHandler } from "hono";
import { isUnreachable } from "../../shared/database.ts";
import { RequestError } from "../../shared/errors.ts";
import { Busy } from "../../shared/group.ts";
import type { Log } from "../../shared/log.ts";
import { StorageUnavailable } from "../../shared/storage/storage.ts";
import { answerError, answerJson } from "../answer.ts";

/** What is wrong with an object, by its fields. */
export type FieldFaults = Record<string, string[]>;

/** A request of an operators' program that cannot be done, as it is told (`spec/admin-api.md` 1). */
export class Refusal extends Error {
  override name = "Refusal";
  readonly status: number;
  /** Null where it is not told by fields. */
  readonly fields: FieldFaults | null;

  constructor(status: number, message: string | FieldFaults, { isOfToken = false } = {}) {
    super(typeof message === "string" ? message : Object.keys(message).join(", "));
    this.status = status;
    if (typeof message !== "string") this.fields = message;
    else this.fields = isOfToken ? { token: [message] } : null;
  }
}

/** As Notify says it where what is asked for does not exist. */
export function noResult(): Refusal {
  return new Refusal(404, "No result found");
}

/** Turns whatever an internal route threw into an answer; what was not meant for the client is only logged. */
export function answerRefusal(log: Log): ErrorHandler {
  return (error, c) => {
    if (error instanceof Refusal) return answer(c, error.status, error.fields ?? error.message);
    if (error instanceof RequestError) return answerError(error);
    const request = { method: c.req.method, path: c.req.path, err: error };
    if (error instanceof Busy || error instanceof StorageUnavailable || isUnreachable(error)) {
      log.warn(request, "Database or storage unreachable");
      return answer(c, 503, "The service is temporarily unavailable, try again later");
    }
    log.error(request, "Unhandled error");
    return answer(c, 500, "Internal server error");
  };
}

/** These paths of Notify's tell faults as its public API does (`spec/admin-api.md` 1). */
const publicPaths = /^\/(?:letters\/returned|letter-rates|sms-rate)\/?$/;

function answer(c: Context, status: number, message: string | FieldFaults): Response {
  if (!publicPaths.test(c.req.path)) return answerJson(status, { message, result: "error" });
  const text = typeof message === "string" ? message : Object.values(message).flat().join("; ");
  return answerError({
    status,
    errors: [{ error: publicNames.get(status) ?? "BadRequestError", message: text }],
  });
}

const publicNames: ReadonlyMap<number, string> = new Map([
  [401, "AuthError"],
  [403, "AuthError"],
  [404, "NoResultFound"],
  [500, "InternalServerError"],
  [503, "ServiceUnavailable"],
]);
