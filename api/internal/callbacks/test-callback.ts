import type { Context } from "hono";
import * as v from "valibot";
import type { CallbackKey } from "../../../shared/callback/queries.ts";
import type { Trial } from "../../../shared/callback/trial.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { parseUuid } from "../../uuid.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { noResult } from "../refusal.ts";
import type { CallbackDesk, CallbackRouteDeps } from "./desk.ts";
import { keyOf, noCallback, Type, typeInQuery } from "./requests.ts";

const Request = v.object({ callback_type: Type });

/** How often it is looked whether a worker has sent the sample. */
const everyMs = 200;

/**
 * POST /service/{id}/callback-api/{id}/test: has a worker send a sample now and tells what came of it; a 202 where that
 * took too long says where it will stand. The database is asked in between, and no connection held.
 */
export function testCallback({ callbacks, now, newId }: CallbackRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { callback_type: type } = readFields(Request, await readBody(c.req.raw));
    const key = keyOf(c, type);
    const trialId = newId();
    if (!(await callbacks.requestTrial(key, trialId, now()))) throw noCallback(type);
    const trial = await waitForResult(callbacks, key, trialId, c.req.raw.signal);
    if (!trial) throw noCallback(type);
    return answerTrial(key, trial);
  };
}

/** GET /service/{id}/callback-api/{id}/test/{id}: what came of a sample that was sent within a day. */
export function getTest({ callbacks }: Pick<CallbackRouteDeps, "callbacks">) {
  return async (c: Context): Promise<Response> => {
    const key = keyOf(c, typeInQuery(c));
    const trialId = parseUuid(c.req.param("test") ?? "");
    const trial = trialId === null ? null : await callbacks.findTrial(key, trialId);
    if (!trial) throw noResult();
    return answerTrial(key, trial);
  };
}

/** The trial as it is when it has a result, the time is up, or nobody waits any more. */
async function waitForResult(
  { findTrial, trialPatienceMs }: CallbackDesk,
  key: CallbackKey,
  trialId: string,
  signal: AbortSignal,
): Promise<Trial | null> {
  for (let waitedMs = 0; ; waitedMs += everyMs) {
    const trial = await findTrial(key, trialId);
    if (!trial || trial.result || waitedMs >= trialPatienceMs || signal.aborted) return trial;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

function answerTrial({ serviceId, id, type }: CallbackKey, trial: Trial): Response {
  const href = `/service/${serviceId}/callback-api/${id}/test/${trial.id}?callback_type=${type}`;
  return answerJson(trial.result ? 200 : 202, { data: { ...viewTrial(type, trial), href } });
}

function viewTrial(type: string, { id, requestedAt, result }: Trial): JsonObject {
  return {
    id,
    callback_type: type,
    requested_at: toTimestamp(requestedAt),
    result: result && {
      sent_at: result.sentAt,
      outcome: result.outcome,
      status: result.status,
      error: result.error,
      reason: result.reason,
      duration_ms: result.durationMs,
      address: result.address,
      excerpt: result.excerpt,
      url: result.url,
      headers: result.headers,
      body: result.body,
      signature_base: result.signatureBase,
    },
  };
}
