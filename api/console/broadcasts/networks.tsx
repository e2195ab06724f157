/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Network, networks } from "../../../shared/broadcast/broadcast.ts";
import type { NetworkState } from "../../../shared/broadcast/overview.ts";
import { Time } from "../parts.tsx";
import { networkNames } from "./words.tsx";

type Reached = Pick<NetworkState, "status" | "blockedBy" | "attempts" | "lastError">;

/** How far one event got to one network, in a word or two. */
export function ReachState({ status, blockedBy, attempts, lastError }: Reached) {
  if (status === "returned-ack") return <span class="tag good">acknowledged</span>;
  if (status !== "sending") return <span class="tag bad">error: given up</span>;
  if (blockedBy !== null) return <span class="tag warn">waits for the one before</span>;
  if (lastError !== null || attempts > 1) return <span class="tag warn">retrying</span>;
  return <span class="tag">sending</span>;
}

export const eventNames = { alert: "Alert", update: "Update", cancel: "Cancellation" } as const;

/** Where operators have one event sent to one network again. */
export function replayPath(eventId: string, network: Network): string {
  return `/console/broadcasts/events/${eventId}/${network}`;
}

/** Networks by events. */
export function NetworkTable({
  states,
  isOperator,
}: {
  states: readonly NetworkState[];
  isOperator: boolean;
}) {
  const events = new Map(states.map(({ eventId, type }) => [eventId, type]));
  const shown = networks.filter((network) => states.some(({ provider }) => provider === network));
  return (
    <section class="scrolls" aria-label="How far it got, by network" tabindex={0}>
      <table>
        <caption>How far it got, by network</caption>
        <thead>
          <tr>
            <th scope="col">Network</th>
            {[...events.values()].map((type) => (
              <th scope="col">{eventNames[type]}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((network) => (
            <tr>
              <th scope="row">{networkNames[network]}</th>
              {[...events.keys()].map((eventId) => (
                <td>
                  <Reach
                    state={states.find((one) => one.eventId === eventId && one.provider === network)}
                    isOperator={isOperator}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Reach({ state, isOperator }: { state: NetworkState | undefined; isOperator: boolean }) {
  if (!state) return <span class="none">not for it</span>;
  const { eventId, provider, status, attempts, acknowledgedAt, acknowledgedBy, nextRetryAt, lastError } =
    state;
  return (
    <div class="reach">
      <ReachState {...state} />
      {acknowledgedAt === null ? null : (
        <span class="hint">
          <Time at={acknowledgedAt} />
          {acknowledgedBy === null ? null : `, by ${acknowledgedBy}`}
        </span>
      )}
      {status === "returned-ack" ? null : (
        <span class="hint">
          {attempts === 0 ? "not tried yet" : attempts === 1 ? "1 attempt" : `${attempts} attempts`}
          {nextRetryAt === null ? null : (
            <>
              , next at <Time at={nextRetryAt} />
            </>
          )}
        </span>
      )}
      {lastError === null || status === "returned-ack" ? null : <span class="hint">{lastError}</span>}
      {state.replays === 0 ? null : <span class="hint">{`sent again ${state.replays} times by people`}</span>}
      {isOperator && status !== "returned-ack" ? (
        <a href={replayPath(eventId, provider)}>
          {`Send the ${eventNames[state.type].toLowerCase()} to ${networkNames[provider]} again`}
        </a>
      ) : null}
    </div>
  );
}
