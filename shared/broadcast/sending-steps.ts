import type { Network } from "./broadcast.ts";
import type { Sending } from "./sending.ts";

/** One of the checks before a network is told, numbered as `spec/broadcasts.md` 4.2 does. */
export interface SendingStep {
  step: 2 | 3 | 4 | 5 | 6 | 7 | 8;
  /** What must be so. */
  what: string;
  /** Why it is not so, for people; null where it is. */
  fault: string | null;
}

/** Steps 2 to 8 in their order, for one network. The first that has a fault decides. */
export function sendingSteps(sending: Sending, provider: Network, at: Date): SendingStep[] {
  const { eventId, service, stubbed, channel, type, message, finishesAt, earlier } = sending;
  const refused = (isRefused: boolean, why: string) =>
    isRefused ? `Cannot send broadcast_event ${eventId} to provider ${provider}: ${why}` : null;
  const missing = earlier.find((event) => event.message === null);
  const unfinished = earlier.find((event) => event.message?.status !== "returned-ack");
  const advice = (other: string) =>
    `Make sure that event ${other} is sent, then: ${replayCommand(eventId, provider)}`;

  return [
    {
      step: 2,
      what: "The service is active",
      fault: refused(!service.active, "the service is suspended"),
    },
    { step: 3, what: "The service is live", fault: refused(service.restricted, "the service is not live") },
    {
      step: 4,
      what: "The alert is meant to be sent",
      fault:
        refused(stubbed, "the broadcast message is stubbed") ??
        refused(channel === null, "the broadcast message has no channel") ??
        refused(type === "update", "updates cannot be sent yet"),
    },
    {
      step: 5,
      what: "It has not been sent, nor given up",
      fault: refused(
        message !== null && message.status !== "sending",
        `It is in status ${message?.status ?? ""}`,
      ),
    },
    {
      step: 6,
      what: "The alert is not over",
      fault: refused(finishesAt <= at, `The expiry time of ${finishesAt.toISOString()} has already passed`),
    },
    {
      step: 7,
      what: "The network was to be told of every event before",
      fault:
        missing === undefined
          ? null
          : `Cannot send ${eventId}. Previous event ${missing.eventId} (type ${missing.type}) has no provider_message for provider ${provider} yet.\n${advice(missing.eventId)}`,
    },
    {
      step: 8,
      what: "The network has acknowledged every event before",
      fault:
        unfinished?.message == null
          ? null
          : `Cannot send ${eventId}. Previous event ${unfinished.eventId} (type ${unfinished.type}) has not finished sending to provider ${provider} yet.\nIt is currently in status "${unfinished.message.status}".\n${advice(unfinished.eventId)}`,
    },
  ];
}

/** What an operator types to have one event sent to one network again. */
export function replayCommand(eventId: string, provider: string): string {
  return `bun run cli broadcast replay ${eventId} ${provider} --reason "…"`;
}

/** Before the next attempt, after so many have failed: 1, 2, 4 … 128, 240, 240 … seconds. */
export function retrySeconds(failures: number): number {
  return Math.min(2 ** (failures - 1), 240);
}
