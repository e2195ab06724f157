import type { JsonObject } from "../json/json.ts";
import { toTimestamp } from "../time/timestamp.ts";
import type { Event } from "./find-timeline.ts";

/** One event as operators' programs see it. */
export function viewEvent(event: Event): JsonObject {
  const at = toTimestamp(event.at);
  switch (event.kind) {
    case "accepted":
      return { event: "accepted", at };
    case "attempt": {
      const { provider, outcome, durationMs, words } = event;
      return { event: "attempt", at, provider, outcome, duration_ms: durationMs, words };
    }
    case "receipt": {
      const { provider, status, code, detail, reason, happenedAt } = event;
      const happened = happenedAt && toTimestamp(happenedAt);
      return { event: "receipt", at, provider, status, code, detail, reason, happened_at: happened };
    }
    case "end":
      return { event: "ended", at, status: event.status, reason: event.reason };
    case "callback": {
      const { type, attempt, outcome, status, error, durationMs, detail, replayId } = event;
      const answer = { status_code: status, error, duration_ms: durationMs, detail };
      return { event: "callback", at, type, attempt, outcome, ...answer, replay_id: replayId };
    }
  }
}
