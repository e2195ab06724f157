import type { Network } from "../../shared/broadcast/broadcast.ts";
import type { Pool } from "../../shared/database.ts";
import type { CbcCall } from "../sandbox/cbc/records.ts";

/** A message to a network, as it is stored. */
export interface SentMessage {
  id: string;
  broadcastId: string;
  type: "alert" | "cancel";
  provider: Network;
  status: string;
  finishesAt: Date;
}

export async function readMessages(sql: Pool): Promise<SentMessage[]> {
  return await sql<SentMessage[]>`
    select m.id, e.broadcast_message_id as "broadcastId", e.message_type as type, m.provider, m.status,
      e.transmitted_finishes_at as "finishesAt"
    from broadcast_provider_messages m join broadcast_events e on e.id = m.broadcast_event_id`;
}

export interface Account {
  figures: Record<string, number>;
  faults: string[];
}

/** A call may have left its worker just before the end, and come in late on a busy machine. */
const lateMs = 2_000;

/**
 * Holds what networks were told against what is stored. `inFlight` are messages that a worker was sending when it was
 * killed: whether their network has them nobody knows, so that they are told again.
 */
export function accountFor(
  calls: readonly CbcCall[],
  messages: readonly SentMessage[],
  { inFlight }: { inFlight: ReadonlySet<string> },
): Account {
  const faults: string[] = [];
  const fault = (found: readonly unknown[], what: string) => {
    if (found.length > 0) faults.push(`${found.length} ${what}`);
  };
  const accepted = Map.groupBy(
    calls.filter((call) => call.accepted),
    ({ payload }) => payload.identifier,
  );
  const byId = new Map(messages.map((message) => [message.id, message]));
  const real = calls.filter(({ payload }) => payload.message_type !== "test");

  const repeated = [...accepted].filter(([, taken]) => taken.length > 1);
  const lost = repeated.filter(([, taken]) => taken.slice(0, -1).every(({ answered }) => !answered));
  const atDeaths = repeated.filter((one) => !lost.includes(one) && inFlight.has(one[0]));
  fault(
    repeated.filter((one) => !lost.includes(one) && !atDeaths.includes(one)),
    "taken twice though the first answer arrived",
  );
  fault(
    real.filter(({ payload, network }) => byId.get(payload.identifier)?.provider !== network),
    "calls for messages of nobody, or of another network",
  );
  fault(
    real.filter((call) => call.faults.some((each) => !each.startsWith("repeats an identifier"))),
    "calls with wrong references or numbers",
  );
  fault(
    real.filter(({ at, payload }) => {
      const end = byId.get(payload.identifier)?.finishesAt.getTime() ?? 0;
      return at.getTime() > end + lateMs;
    }),
    "calls after the end of their alert",
  );

  const pairs = Map.groupBy(messages, ({ broadcastId, provider }) => `${broadcastId} ${provider}`);
  const sequences = [...pairs.values()].map((pair) =>
    pair
      .flatMap(({ id, type }) => {
        const [first] = accepted.get(id) ?? [];
        return first ? [{ type, at: calls.indexOf(first) }] : [];
      })
      .sort((a, b) => a.at - b.at)
      .map(({ type }) => type)
      .join(" "),
  );
  fault(
    sequences.filter((sequence) => !["", "alert", "alert cancel"].includes(sequence)),
    "networks that had a cancel before its alert",
  );
  fault(
    messages.filter(({ id, status }) => status === "returned-ack" && !accepted.has(id)),
    "messages acknowledged that their network never took",
  );
  return {
    figures: {
      calls: real.length,
      taken: accepted.size,
      repeated_after_lost_answers: lost.length,
      repeated_after_deaths: atDeaths.length,
      in_flight_at_deaths: inFlight.size,
      expired_unsent: messages.filter(({ status }) => status === "technical-failure").length,
      alert_then_cancel: sequences.filter((sequence) => sequence === "alert cancel").length,
    },
    faults,
  };
}
