import type { Db, Pool } from "../database.ts";
import { deliveryQueue, enqueue } from "../queue/enqueue.ts";
import type { JobName } from "../queue/jobs.ts";
import { type DeliveryJob, findDeliveryJob } from "../queue/status.ts";
import type { KeyType } from "../service/service.ts";
import type { Channel, Status } from "./notification.ts";
import { lockReplays } from "./sweeps.ts";

/** What came of it; `waiting`: a job is there that will bring it on; `refused`: why not, in a few words. */
export type Replayed =
  | { outcome: "queued"; queue: JobName }
  | { outcome: "waiting"; job: DeliveryJob }
  | { outcome: "refused"; reason: string }
  | { outcome: "none" };

/** Queues the delivery of an email or text that is `created` and has no job. Null: of whichever service. */
export async function replayOne(
  sql: Pool,
  { id, serviceId }: { id: string; serviceId: string | null },
): Promise<Replayed> {
  return await sql.begin(async (tx): Promise<Replayed> => {
    await lockReplays(tx);
    const stored = await lock(tx, id);
    if (!stored || (serviceId !== null && stored.serviceId !== serviceId)) return { outcome: "none" };
    const { channel, keyType, status } = stored;
    if (status !== "created") return { outcome: "refused", reason: `it is ${status}` };
    if (channel === "letter") return { outcome: "refused", reason: "it is a letter" };
    const job = await findDeliveryJob(tx, id);
    if (job) return { outcome: "waiting", job };
    const queue = deliveryQueue({ channel, keyType, status });
    await enqueue(tx, [{ name: queue, data: { notificationId: id }, groupId: stored.serviceId }]);
    return { outcome: "queued", queue };
  });
}

interface Stored {
  serviceId: string;
  channel: Channel;
  keyType: KeyType;
  status: Status;
}

/** What its delivery is made of, and nobody changes it until the transaction ends; null where there is none. */
async function lock(tx: Db, id: string): Promise<Stored | null> {
  const [row] = await tx<Stored[]>`
    select service_id as "serviceId", notification_type as channel, key_type as "keyType", status
    from notifications where id = ${id} for update`;
  return row ?? null;
}
