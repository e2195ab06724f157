import type { Log } from "../../shared/log.ts";
import type { ProviderDetails } from "../../shared/provider/choose.ts";
import type { SendResult } from "../../shared/provider/provider.ts";

/**
 * Keeps a provider that does not answer from holding all of a queue's slots while another would take the messages:
 * 50 slots that wait ten seconds each let five messages a second through. In one process, and by what it sees;
 * shares are another matter, and move in minutes.
 */
export interface Breaker {
  /**
   * The provider that was drawn; or where that has as many calls under way as it may, another that is better off,
   * which `drawAmong` draws.
   */
  reroute(
    drawn: string,
    active: readonly ProviderDetails[],
    drawAmong: (open: readonly ProviderDetails[]) => string | null,
  ): string;
  /** Calls a provider and learns from how it ends. Nothing may be awaited since `reroute`, or many pass at once. */
  watch<T extends { result: SendResult }>(provider: string, call: () => Promise<T>): Promise<T>;
}

export interface BreakerOptions {
  /** Messages that may be under way at once, of all providers that can take this one's. */
  slotsOf: (provider: string) => number;
  /** A provider in trouble was drawn, and spared: as good as a failed send to those who move shares. */
  onSpared: (provider: string) => void;
  log: Log;
}

/** Of its slots, what a provider without a fault may hold: more than its usual share, and something is left. */
const mostOfSlots = 0.6;

interface Standing {
  /** Calls under way. */
  calls: number;
  /** How many there may be: halved by a failure, one more by an answer, so that one alone tries a dead provider. */
  limit: number;
  inTrouble: boolean;
}

export function createBreaker({ slotsOf, onSpared, log }: BreakerOptions): Breaker {
  const standings = new Map<string, Standing>();
  const mostFor = (provider: string) => Math.max(1, Math.ceil(slotsOf(provider) * mostOfSlots));

  function standingOf(provider: string): Standing {
    const known = standings.get(provider) ?? { calls: 0, limit: mostFor(provider), inTrouble: false };
    standings.set(provider, known);
    return known;
  }

  function hasRoom(provider: string): boolean {
    const { calls, limit } = standingOf(provider);
    return calls < limit;
  }

  function learn(provider: string, outcome: SendResult["outcome"]): void {
    const standing = standingOf(provider);
    const most = mostFor(provider);
    const failed = outcome === "unavailable";
    standing.limit = failed
      ? Math.max(1, Math.floor(standing.limit / 2))
      : Math.min(most, standing.limit + 1);
    if (!standing.inTrouble && failed && standing.limit === 1) {
      standing.inTrouble = true;
      log.warn({ provider }, "A provider fails: others take its messages where they can");
    } else if (standing.inTrouble && standing.limit === most) {
      standing.inTrouble = false;
      log.warn({ provider }, "A provider takes messages again");
    }
  }

  return {
    reroute(drawn, active, drawAmong) {
      if (hasRoom(drawn)) return drawn;
      const { inTrouble } = standingOf(drawn);
      // Even one that is full, or is to carry nothing, is better than one in trouble.
      const open = active.filter(({ name, priority }) =>
        inTrouble ? hasRoom(name) || !standingOf(name).inTrouble : hasRoom(name) && priority > 0,
      );
      const other = drawAmong(open);
      if (other === null) return drawn;
      if (inTrouble) onSpared(drawn);
      return other;
    },
    async watch(provider, call) {
      const standing = standingOf(provider);
      standing.calls++;
      try {
        const answer = await call();
        learn(provider, answer.result.outcome);
        return answer;
      } finally {
        standing.calls--;
      }
    },
  };
}
