import type { Context } from "hono";
import * as v from "valibot";
import { cursorShape, type ListedAttempt } from "../../../shared/callback/attempt-list.ts";
import { attemptOutcomes } from "../../../shared/callback/attempts.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import { firstValues } from "../../query.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { notOneOf } from "../../v2/schema/words.ts";
import { Type } from "../callbacks/requests.ts";
import type { AttemptRouteDeps } from "./desk.ts";
import { knownService, Limit, pastInstant } from "./requests.ts";

const outcomes = [...attemptOutcomes, "final-failure"] as const;

/** GET /service/{id}/callback-attempts: what a service was told or could not be told, newest first, a page at a time. */
export function listAttempts({ callbackAttempts, now }: AttemptRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const Query = v.object({
      callback_type: v.optional(Type),
      outcome: v.optional(v.picklist(outcomes, notOneOf([...outcomes]))),
      since: v.optional(pastInstant(now())),
      older_than: v.optional(
        v.pipe(v.string(), v.regex(cursorShape, "must be the id of an attempt in this list")),
      ),
      limit: Limit,
    });
    const { limit, since, ...query } = readFields(Query, firstValues(c.req.url));
    const serviceId = await knownService(c, callbackAttempts);
    const attempts = await callbackAttempts.list({
      serviceId,
      type: query.callback_type ?? null,
      outcome: query.outcome ?? null,
      since: since ?? null,
      olderThan: query.older_than ?? null,
      limit,
    });
    const last = attempts.length === limit ? attempts.at(-1) : undefined;
    return answerJson(200, { data: attempts.map(viewAttempt), older_than: last?.cursor ?? null });
  };
}

function viewAttempt(attempt: ListedAttempt): JsonObject {
  return {
    id: attempt.cursor,
    callback_type: attempt.type,
    subject_id: attempt.subjectId,
    attempt: attempt.attempt,
    at: toTimestamp(attempt.at),
    outcome: attempt.outcome,
    status_code: attempt.status,
    error: attempt.error,
    detail: attempt.detail,
    address: attempt.address,
    duration_ms: attempt.durationMs,
    answer: attempt.excerpt,
    replay_id: attempt.replayId,
  };
}
