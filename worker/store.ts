import { type CacheOptions, createCache } from "../shared/cache.ts";
import { type NewCallbackAttempt, recordCallbackAttempts } from "../shared/callback/attempts.ts";
import { type Breaker, claimProbes, findBreaker, type Probe } from "../shared/callback/health.ts";
import { type CallbackTarget, findCallbackTarget } from "../shared/callback/queries.ts";
import { targetMs } from "../shared/callback/tend.ts";
import { isDataFault, isDeadlock, type Pool } from "../shared/database.ts";
import { type DeliverableLetter, findDeliverableLetters } from "../shared/dvla/deliverable.ts";
import { inGroups } from "../shared/group.ts";
import { type NewReceivedText, storeReceivedTexts } from "../shared/inbound/queries.ts";
import type { Metrics } from "../shared/metrics/metrics.ts";
import { changeStatuses, findChangeable, findChangeableByReference } from "../shared/notification/change.ts";
import type { Change, Changeable } from "../shared/notification/changeable.ts";
import {
  type Claim,
  claimForDelivery,
  markSent,
  type Release,
  releaseClaims,
  type Sent,
} from "../shared/notification/delivery.ts";
import { enqueue, type NewJob } from "../shared/queue/enqueue.ts";
import { findUnpriced, type Price, storePrices, type Unpriced } from "../shared/receipt/queries.ts";

/** The statements of the busy tasks. Tasks that run at the same time share them, as requests share a commit. */
export interface Store {
  claim(notificationId: string): Promise<Claim>;
  /** The same for a letter: the printer takes longer to answer. */
  claimLetter(notificationId: string): Promise<Claim>;
  findLetter(notificationId: string): Promise<DeliverableLetter | null>;
  release(release: Release): Promise<undefined>;
  sent(sent: Sent): Promise<undefined>;
  find(notificationId: string): Promise<Changeable | null>;
  findByReference(reference: string): Promise<Changeable | null>;
  change(change: Change): Promise<boolean>;
  findUnpriced(notificationId: string): Promise<Unpriced | null>;
  price(price: Price): Promise<undefined>;
  receive(text: NewReceivedText): Promise<boolean>;
  calledBack(attempt: NewCallbackAttempt): Promise<undefined>;
  callbackTarget(serviceId: string, type: string): Promise<WatchedTarget | null>;
  claimProbe(probe: Probe): Promise<boolean>;
  park(job: NewJob<"service-callbacks-parked">): Promise<undefined>;
}

/** Where to tell, and how it is spared; null where it is called as usual. */
export interface WatchedTarget extends CallbackTarget {
  breaker: Breaker | null;
}

export interface StoreOptions {
  claimSeconds: number;
  metrics?: Pick<Metrics, "grouped">;
}

export function createStore(sql: Pool, { claimSeconds, metrics }: StoreOptions): Store {
  const options = { largest: 500, waiting: 100_000, timeoutMs: 30_000, isItemsFault: isDataFault };
  const targets = createCache(async (key): Promise<WatchedTarget | null> => {
    const [serviceId = "", type = ""] = key.split(" ");
    const [target, breaker] = await Promise.all([
      findCallbackTarget(sql, serviceId, type),
      findBreaker(sql, serviceId, type),
    ]);
    return target && { ...target, breaker };
  }, targetCache);

  const grouped = <Item, Result>(
    name: string,
    write: (items: readonly Item[]) => Promise<readonly Result[]>,
  ) =>
    inGroups<Item, Result>((items) => again(() => write(items)), {
      ...options,
      measured: (size, seconds) => metrics?.grouped(name, size, seconds),
    });

  return {
    claim: grouped("claim", (ids: readonly string[]) => claimForDelivery(sql, ids, claimSeconds)),
    claimLetter: grouped("claim-letter", (ids: readonly string[]) =>
      claimForDelivery(sql, ids, letterClaimSeconds),
    ),
    findLetter: grouped("find-letter", (ids: readonly string[]) => findDeliverableLetters(sql, ids)),
    release: grouped("release", (releases: readonly Release[]) =>
      done(releaseClaims(sql, releases), releases),
    ),
    sent: grouped("sent", (sent: readonly Sent[]) => done(markSent(sql, sent), sent)),
    find: grouped("find", (ids: readonly string[]) => findChangeable(sql, ids)),
    findByReference: grouped("find-by-reference", (references: readonly string[]) =>
      findChangeableByReference(sql, references),
    ),
    change: grouped("change", (changes: readonly Change[]) => changeStatuses(sql, changes)),
    findUnpriced: grouped("find-unpriced", (ids: readonly string[]) => findUnpriced(sql, ids)),
    price: grouped("price", (prices: readonly Price[]) => done(storePrices(sql, prices), prices)),
    receive: grouped("inbound-texts", (texts: readonly NewReceivedText[]) => storeReceivedTexts(sql, texts)),
    calledBack: grouped("callback-attempts", (attempts: readonly NewCallbackAttempt[]) =>
      done(recordCallbackAttempts(sql, attempts), attempts),
    ),
    callbackTarget: (serviceId, type) => targets(`${serviceId} ${type}`),
    claimProbe: grouped("callback-probe", (probes: readonly Probe[]) => claimProbes(sql, probes)),
    park: grouped("callback-park", (jobs: readonly NewJob<"service-callbacks-parked">[]) =>
      done(enqueue(sql, jobs), jobs),
    ),
  };
}

/** One statement that another waited for in turn was undone as a whole: written again, it finds its way. */
async function again<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (!isDeadlock(error) || attempt === 3) throw error;
    }
  }
}

/** Longer than a job of `deliver-letter` may run. */
export const letterClaimSeconds = 150;

/** Short, so that a changed or deleted address holds for what waits. */
const targetCache: CacheOptions = { ttlMs: targetMs, largest: 5000 };

async function done(work: Promise<void>, items: readonly unknown[]): Promise<undefined[]> {
  await work;
  return items.map(() => undefined);
}
