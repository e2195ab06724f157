import { readSteps } from "../../shared/notification/timeline.ts";
import type { Arrival } from "./split-system.ts";

/** A request to send one message. */
export interface Asked {
  /** The notification's id; null where it was not accepted. */
  id: string | null;
  channel: "sms" | "email";
  recipient: string;
  /** What it must become. */
  fate: string;
  /** Milliseconds since 1970. */
  at: number;
  ms: number;
}

/** All that is known when a day is over. */
export interface Story {
  asked: readonly Asked[];
  /** What providers took, by notification; emails by recipient. */
  texts: ReadonlyMap<string, readonly Arrival[]>;
  emails: ReadonlyMap<string, readonly Arrival[]>;
  callbacks: ReadonlyMap<string, readonly Arrival[]>;
  rows: readonly { id: string; status: string; timeline: string | null }[];
  failedReceipts: number;
}

/** Accounts for every request: what was accepted has arrived, has ended, was told, and nothing was sent twice in vain. */
export function listFaults({ asked, texts, emails, callbacks, rows, failedReceipts }: Story) {
  const accepted = asked.flatMap(({ id, ...rest }) => (id === null ? [] : [{ id, ...rest }]));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const arrivals = accepted.map(({ id, channel, recipient, fate }) => {
    const arrived = (channel === "sms" ? texts.get(id) : emails.get(recipient)) ?? [];
    return { id, arrived, isEnded: byId.get(id)?.status === fate };
  });
  const repeated = arrivals.filter(({ arrived }) => arrived.length > 1);
  const unexplained = repeated.filter(
    ({ id, arrived }) => !isExplained(arrived, byId.get(id)?.timeline ?? null),
  );
  const attempts = rows.flatMap(({ timeline }) =>
    readSteps(timeline).flatMap((step) =>
      step.kind === "attempt" && step.outcome === "unavailable" ? [step] : [],
    ),
  );

  const counted = {
    not_accepted: asked.length - accepted.length,
    never_arrived: arrivals.filter(({ arrived }) => arrived.length === 0).length,
    wrong_end: arrivals.filter(({ isEnded }) => !isEnded).length,
    not_called_back: accepted.filter(({ id }) => !callbacks.has(id)).length,
    duplicates_unexplained: unexplained.length,
    receipts_refused: failedReceipts,
  };
  return {
    figures: {
      asked: asked.length,
      accepted: accepted.length,
      texts: accepted.filter(({ channel }) => channel === "sms").length,
      emails: accepted.filter(({ channel }) => channel === "email").length,
      ...counted,
      failed_attempts: attempts.length,
      failed_attempts_timed_out: attempts.filter(isTimeOut).length,
      duplicates_after_time_out: repeated.length - unexplained.length,
      callbacks_repeated: [...callbacks.values()].filter(({ length }) => length > 1).length,
    },
    faults: Object.entries(counted)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${name}: ${count}`),
  };
}

/**
 * The documented window: a provider took it and did not answer in time, so that it was sent again. Each arrival must be
 * an attempt of that provider which was accepted or timed out, each of them once.
 */
function isExplained(arrived: readonly Arrival[], timeline: string | null): boolean {
  const causes = readSteps(timeline).flatMap((step) =>
    step.kind === "attempt" && (step.outcome === "accepted" || isTimeOut(step)) ? [step.provider] : [],
  );
  return arrived.every(({ provider }) => {
    const at = causes.indexOf(provider);
    if (at >= 0) causes.splice(at, 1);
    return at >= 0;
  });
}

function isTimeOut({ outcome, words }: { outcome: string; words: string | null }): boolean {
  return outcome === "unavailable" && words?.includes("no answer within") === true;
}
