import type { Context } from "hono";
import * as v from "valibot";
import { type Replay, type ReplayRequest, replayOutcomes } from "../../../shared/callback/replay.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { firstValues } from "../../query.ts";
import { parseUuid } from "../../uuid.ts";
import { readFields, validationError } from "../../v2/schema/faults.ts";
import { describedUuid } from "../../v2/schema/fields.ts";
import { notOneOf } from "../../v2/schema/words.ts";
import { serviceIdOf, Type } from "../callbacks/requests.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { AttemptRouteDeps } from "./desk.ts";
import { knownService, Limit, pastInstant } from "./requests.ts";

/** POST /service/{id}/callback-replays: has one thing told again, or what ended since a time. */
export function createReplay({ callbackAttempts, now, newId }: AttemptRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const at = now();
    const Request = v.object({
      callback_type: v.optional(Type),
      subject_id: v.optional(describedUuid("A notification, say: that alone is told again.")),
      outcome: v.optional(v.picklist(replayOutcomes, notOneOf([...replayOutcomes]))),
      since: v.optional(pastInstant(at)),
    });
    const request = readFields(Request, await readBody(c.req.raw));
    const serviceId = await knownService(c, callbackAttempts);
    const started = await callbackAttempts.startReplay(asked(serviceId, request), { id: newId(), at });
    if (!started.ok) throw new Refusal(400, started.fault);
    return answerJson(201, { data: viewReplay(started.replay) });
  };
}

interface Asked {
  callback_type?: Replay["type"] | undefined;
  subject_id?: string | undefined;
  outcome?: Replay["outcome"] | undefined;
  since?: Date | undefined;
}

function asked(
  serviceId: string,
  { callback_type: type, subject_id: subjectId, outcome, since }: Asked,
): ReplayRequest {
  if (subjectId !== undefined) {
    if (!type) throw validationError(["callback_type is a required property where subject_id is given"]);
    if (outcome !== undefined || since !== undefined)
      throw validationError(["subject_id names one thing to tell again: leave out outcome and since"]);
    return { serviceId, type, subjectId };
  }
  if (since === undefined)
    throw validationError(["since is a required property where subject_id is not given"]);
  return { serviceId, type: type ?? null, outcome: outcome ?? "undelivered", since };
}

/** GET /service/{id}/callback-replays: newest first. */
export function listReplays({ callbackAttempts }: AttemptRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { limit } = readFields(v.object({ limit: Limit }), firstValues(c.req.url));
    const serviceId = await knownService(c, callbackAttempts);
    const replays = await callbackAttempts.listReplays(serviceId, limit);
    return answerJson(200, { data: replays.map(viewReplay) });
  };
}

/** GET /service/{id}/callback-replays/{id}: how far one is. */
export function getReplay({ callbackAttempts }: AttemptRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { serviceId, id } = replayOf(c);
    const replay = await callbackAttempts.findReplay(serviceId, id);
    if (!replay) throw noResult();
    return answerJson(200, { data: viewReplay(replay) });
  };
}

/** POST /service/{id}/callback-replays/{id}/cancel: what it has not queued, and nobody began on, is not told again. */
export function cancelReplay({ callbackAttempts, now }: AttemptRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { serviceId, id } = replayOf(c);
    const cancelled = await callbackAttempts.cancelReplay({ serviceId, id }, now());
    const replay = await callbackAttempts.findReplay(serviceId, id);
    if (!replay) throw noResult();
    if (!cancelled) throw new Refusal(400, `The replay cannot be cancelled: it is ${replay.state}`);
    return answerJson(200, { data: viewReplay(replay) });
  };
}

function replayOf(c: Context): { serviceId: string; id: string } {
  const id = parseUuid(c.req.param("id") ?? "");
  if (id === null) throw noResult();
  return { serviceId: serviceIdOf(c), id };
}

function viewReplay(replay: Replay): JsonObject {
  return {
    id: replay.id,
    service_id: replay.serviceId,
    callback_type: replay.type,
    subject_id: replay.subjectId,
    outcome: replay.outcome,
    since: toTimestamp(replay.since),
    created_at: toTimestamp(replay.createdAt),
    state: replay.state,
    ended_at: replay.endedAt && toTimestamp(replay.endedAt),
    queued: replay.queued,
    delivered: replay.delivered,
    undelivered: replay.undelivered,
  };
}
