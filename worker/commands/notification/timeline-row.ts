import { londonTime } from "../../../shared/time/london.ts";
import type { Event } from "../../../shared/timeline/find-timeline.ts";

/** One event as a line of a table. */
export function timelineRow(event: Event) {
  return { utc: event.at, london: londonTime(event.at), ...cellsOf(event) };
}

interface Cells {
  event: string;
  /** Whom it was between. */
  with: string | null;
  outcome: string | null;
  ms: number | null;
  words: string | null;
}

function cellsOf(event: Event): Cells {
  switch (event.kind) {
    case "accepted":
      return { event: "accepted", with: null, outcome: "created", ms: null, words: null };
    case "attempt": {
      const { provider, outcome, durationMs, words } = event;
      return { event: "attempt", with: provider, outcome, ms: durationMs, words };
    }
    case "receipt": {
      const { provider, status, code, detail, reason, happenedAt } = event;
      const words = [code, detail, reason, happenedAt && `at ${londonTime(happenedAt)}`]
        .filter(Boolean)
        .join(", ");
      return { event: "receipt", with: provider, outcome: status, ms: null, words: words || null };
    }
    case "end":
      return { event: "ended", with: null, outcome: event.status, ms: null, words: event.reason };
    case "callback": {
      const { attempt, outcome, status, durationMs, detail, replayId } = event;
      const words = detail ?? (status === null ? null : `Answered ${status}`);
      return {
        event: `callback ${attempt}${replayId === null ? "" : " (replay)"}`,
        with: "service",
        outcome,
        ms: durationMs,
        words,
      };
    }
  }
}
