/**
 * What is counted and timed, in the words of what happens; `prometheus.ts` and `statsd.ts` give it names. No method
 * throws or waits. Nothing in a label names a recipient or a service.
 */
export interface Metrics {
  /** The API answered a request. `route` is the pattern it was taken by: a path may hold a secret. */
  answered(request: { method: string; route: string; status: number }, seconds: number): void;
  /** A send request was over a limit of its service. */
  limited(limit: "rate" | "daily" | "international"): void;
  /** What several waited for was done in one statement. */
  grouped(write: string, size: number, seconds: number): void;
  /** A job's task ran. `failed`: for the last time. */
  worked(queue: string, outcome: "done" | "retried" | "failed", seconds: number): void;
  /** A provider answered a request, or did not. */
  asked(provider: string, outcome: "accepted" | "rejected" | "unavailable", seconds: number): void;
  /** A provider took a message, so long after it was accepted. */
  sent(message: { channel: string; keyType: string; provider: string }, seconds: number): void;
  /**
   * A provider's receipt changed a status, having reached us so long after the message was sent; null where that is not
   * known yet.
   */
  reported(receipt: { provider: string; status: string }, seconds: number | null): void;
  /** A service is about to be told, so long after what it is told of had reached us. */
  told(type: string, attempt: number, seconds: number): void;
  /** A service's receiver answered a callback, or did not. */
  calledBack(type: string, outcome: "delivered" | "refused" | "failed", seconds: number): void;
  /** A service will not be told of something, unless somebody asks for it. */
  gaveUp(type: string, why: "refused" | "exhausted" | "suspended"): void;
}

/** Never less than none, whatever the clocks of two machines say. */
export function secondsBetween(from: Date | string, to: Date | string): number {
  return Math.max(0, new Date(to).getTime() - new Date(from).getTime()) / 1000;
}

/** Passes everything on to each. */
export function together(sinks: readonly Metrics[]): Metrics {
  const [only] = sinks;
  if (only && sinks.length === 1) return only;
  const each = (tell: (sink: Metrics) => void) => {
    for (const sink of sinks) tell(sink);
  };
  return {
    answered: (request, seconds) => each((sink) => sink.answered(request, seconds)),
    limited: (limit) => each((sink) => sink.limited(limit)),
    grouped: (write, size, seconds) => each((sink) => sink.grouped(write, size, seconds)),
    worked: (queue, outcome, seconds) => each((sink) => sink.worked(queue, outcome, seconds)),
    asked: (provider, outcome, seconds) => each((sink) => sink.asked(provider, outcome, seconds)),
    sent: (message, seconds) => each((sink) => sink.sent(message, seconds)),
    reported: (receipt, seconds) => each((sink) => sink.reported(receipt, seconds)),
    told: (type, attempt, seconds) => each((sink) => sink.told(type, attempt, seconds)),
    calledBack: (type, outcome, seconds) => each((sink) => sink.calledBack(type, outcome, seconds)),
    gaveUp: (type, why) => each((sink) => sink.gaveUp(type, why)),
  };
}
