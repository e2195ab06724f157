import { type CacheOptions, createCache } from "../shared/cache.ts";
import { type CallbackTarget, findCallbackTarget } from "../shared/callback/queries.ts";
import { isDataFault, type Pool } from "../shared/database.ts";
import { inGroups } from "../shared/group.ts";
import {
  type Change,
  type Changeable,
  changeStatuses,
  findChangeable,
  findChangeableByReference,
} from "../shared/notification/change.ts";
import {
  type Claim,
  claimForDelivery,
  markSent,
  releaseClaims,
  type Sent,
} from "../shared/notification/delivery.ts";
import { enqueue, type NewJob } from "../shared/queue/enqueue.ts";

/** The statements of the busy tasks. Tasks that run at the same time share them, as requests share a commit. */
export interface Store {
  claim(notificationId: string): Promise<Claim>;
  release(claim: { id: string; tried: string | null }): Promise<undefined>;
  sent(sent: Sent): Promise<undefined>;
  find(notificationId: string): Promise<Changeable | null>;
  findByReference(reference: string): Promise<Changeable | null>;
  change(change: Change): Promise<boolean>;
  enqueue(job: NewJob): Promise<undefined>;
  callbackTarget(serviceId: string, type: string): Promise<CallbackTarget | null>;
}

export function createStore(sql: Pool, { claimSeconds }: { claimSeconds: number }): Store {
  const options = { largest: 500, waiting: 100_000, timeoutMs: 30_000, isItemsFault: isDataFault };
  const targets = createCache((key) => {
    const [serviceId = "", type = ""] = key.split(" ");
    return findCallbackTarget(sql, serviceId, type);
  }, targetCache);

  return {
    claim: inGroups((ids) => claimForDelivery(sql, ids, claimSeconds), options),
    release: inGroups((claims) => done(releaseClaims(sql, claims), claims), options),
    sent: inGroups((sent) => done(markSent(sql, sent), sent), options),
    find: inGroups((ids) => findChangeable(sql, ids), options),
    findByReference: inGroups((references) => findChangeableByReference(sql, references), options),
    change: inGroups((changes) => changeStatuses(sql, changes), options),
    enqueue: inGroups((jobs) => done(enqueue(sql, jobs), jobs), options),
    callbackTarget: (serviceId, type) => targets(`${serviceId} ${type}`),
  };
}

/** Short, so that a changed or deleted address holds for what waits. */
const targetCache: CacheOptions = { ttlMs: 1000, largest: 5000 };

async function done(work: Promise<void>, items: readonly unknown[]): Promise<undefined[]> {
  await work;
  return items.map(() => undefined);
}
