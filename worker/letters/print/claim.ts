import type { Pool } from "../../../shared/database.ts";
import { inTime } from "../../../shared/group.ts";
import { renewClaim } from "../../../shared/letter/batch-claim.ts";
import type { Log } from "../../../shared/log.ts";

/** How a claim is kept. */
export interface ClaimTiming {
  /** A worker that has not renewed its claim for so long no longer has it. */
  seconds: number;
  renewEveryMs: number;
  /** One that could not renew it for so long stops by itself, soon enough before another may begin. */
  giveUpMs: number;
}

export const claimTiming: ClaimTiming = { seconds: 60, renewEveryMs: 15_000, giveUpMs: 40_000 };

/** A batch that is ours for as long as we renew the claim on it. */
export interface HeldClaim extends AsyncDisposable {
  /** Aborted once the claim is another's, or may be. */
  signal: AbortSignal;
  /** What to name it by now; while it is used, it is not renewed. */
  use<T>(work: (claim: string) => Promise<T>): Promise<T>;
}

/** Renews a claim until it is disposed of. */
export function holdClaim(
  { sql, log }: { sql: Pool; log: Log },
  batch: { id: string; claim: string },
  parent: AbortSignal,
  { seconds, renewEveryMs, giveUpMs }: ClaimTiming,
): HeldClaim {
  const lost = new AbortController();
  let { claim } = batch;
  let renewedAt = performance.now();
  // One at a time: a renewal changes what the others must name.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };

  async function renew(): Promise<void> {
    try {
      const renewed = await inTime(renewClaim(sql, { id: batch.id, claim }, seconds), giveUpMs / 2);
      if (renewed === null) {
        lost.abort(new Error("Another worker has this batch"));
      } else {
        claim = renewed;
        renewedAt = performance.now();
      }
    } catch (error) {
      log.warn({ batchId: batch.id, err: error }, "Cannot renew the claim on a batch");
    }
  }

  const timer = setInterval(() => {
    if (performance.now() - renewedAt > giveUpMs) lost.abort(new Error("The claim on the batch ran out"));
    void inTurn(renew);
  }, renewEveryMs);

  return {
    signal: AbortSignal.any([parent, lost.signal]),
    use: (work) => inTurn(() => work(claim)),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await last;
    },
  };
}
