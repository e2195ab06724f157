/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Child } from "hono/jsx";
import { londonTime } from "../../../shared/time/london.ts";
import type { Event } from "../../../shared/timeline/find-timeline.ts";
import { Status, Time } from "../parts.tsx";

/** All that became of something, oldest first, with the words of those who were asked. */
export function Events({ events, empty }: { events: readonly Event[]; empty?: string }) {
  if (events.length === 0) return <p class="empty">{empty}</p>;
  return (
    <ol class="timeline">
      {events.map((event) => {
        const { title, status, words } = told(event);
        return (
          <li>
            <Time at={event.at} /> <strong>{title}</strong>{" "}
            {status === null ? null : <Status status={status} />}
            {words === "" ? null : <div class="quiet-text">{words}</div>}
          </li>
        );
      })}
    </ol>
  );
}

interface Told {
  title: Child;
  status: string | null;
  words: string;
}

function told(event: Event): Told {
  switch (event.kind) {
    case "accepted":
      return { title: "Accepted", status: null, words: "" };
    case "attempt": {
      const { provider, outcome, durationMs, words } = event;
      const title = provider === null ? "Nobody was asked" : `${provider} was asked`;
      return { title, status: outcome, words: joined([words, tookOf(durationMs)]) };
    }
    case "receipt": {
      const { provider, status, code, detail, reason, happenedAt } = event;
      const at = happenedAt && `at ${londonTime(happenedAt)} by its clock`;
      return { title: `${provider} reported`, status, words: joined([code, detail, reason, at]) };
    }
    case "end":
      return { title: "Ended", status: event.status, words: event.reason ?? "" };
    case "callback": {
      const { type, attempt, outcome, status, error, durationMs, detail, replayId } = event;
      const kind = replayId === null ? "" : ", told again";
      const answer = status === null ? error : `answered ${status}`;
      return {
        title: `Callback ${attempt} (${type}${kind})`,
        status: outcome,
        words: joined([answer, detail, tookOf(durationMs)]),
      };
    }
  }
}

function tookOf(ms: number | null): string | null {
  return ms === null ? null : `${ms.toLocaleString("en-GB")} ms`;
}

function joined(words: readonly (string | null)[]): string {
  return words.filter((one) => one !== null && one !== "").join(" · ");
}
