import type { Context } from "hono";
import { RequestError } from "../../../shared/errors.ts";
import { notFound } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ApiEnv } from "../../env.ts";
import { readBody } from "../../middleware/read-body.ts";
import { admitOrThrow } from "./admit-or-throw.ts";

/** POST /v2/notifications/{anything else}: nothing we send, found out only after the request was counted. */
export function postUnknown({ admit }: ApiDeps) {
  return async (c: Context<ApiEnv>): Promise<Response> => {
    const outcome = await readBody(c.req.raw).catch((error: unknown) => {
      if (error instanceof RequestError) return error;
      throw error;
    });
    await admitOrThrow(admit, c.get("service"), c.get("apiKey"), {
      // No channel's daily limit can be meant.
      channel: null,
      notification: null,
      countsAsInternational: false,
    });
    if (outcome instanceof RequestError) throw outcome;
    return notFound();
  };
}
