import type { Db } from "../database.ts";
import { writeSteps } from "../notification/timeline.ts";
import { type Cancellable, cancellableStatuses, cancelRefusal, couldNotCancel } from "./cancel.ts";

export type Cancelled =
  | { outcome: "cancelled" }
  | { outcome: "none" }
  | { outcome: "refused"; message: string };

/** Cancels a letter that nobody prints yet. `none`: the service has no such notification. */
export async function cancelLetter(
  db: Db,
  { serviceId, id, at }: { serviceId: string; id: string; at: Date },
): Promise<Cancelled> {
  const found = await findCancellable(db, serviceId, id);
  if (!found) return { outcome: "none" };
  const message = cancelRefusal(found, at);
  if (message !== null) return { outcome: "refused", message };
  if (await markCancelled(db, id, at)) return { outcome: "cancelled" };
  // Something moved it meanwhile.
  const now = await findCancellable(db, serviceId, id);
  if (!now) return { outcome: "none" };
  return { outcome: "refused", message: cancelRefusal(now, at) ?? couldNotCancel(now) };
}

async function findCancellable(db: Db, serviceId: string, id: string): Promise<Cancellable | null> {
  const [row] = await db<Cancellable[]>`
    select n.notification_type as channel, n.status, n.created_at as "createdAt", ${inBatch(db)} as "isInBatch"
    from notifications n where n.id = ${id} and n.service_id = ${serviceId}`;
  return row ?? null;
}

/** Gives what it used of the day's limit back, on the day it was used. */
async function markCancelled(db: Db, id: string, at: Date): Promise<boolean> {
  const steps = writeSteps([{ kind: "end", at, status: "cancelled", reason: null }]);
  const rows = await db`
    with cancelled as (
      update notifications n set status = 'cancelled', updated_at = ${at},
        timeline = concat_ws(E'\n', n.timeline, ${steps}::text)
      where n.id = ${id} and n.notification_type = 'letter' and n.status = any(${[...cancellableStatuses]})
        and not ${inBatch(db)}
      returning n.id, n.service_id, n.key_type, (n.created_at at time zone 'UTC')::date as counted_on
    ), settled as (
      update letters l set settled_at = ${at} from cancelled c where l.notification_id = c.id
    ), given_back as (
      update service_counters k set letter = k.letter - 1 from cancelled c
      where k.service_id = c.service_id and c.key_type <> 'test' and k.utc_date = c.counted_on and k.letter > 0
    )
    select id from cancelled`;
  return rows.length === 1;
}

function inBatch(db: Db) {
  return db`exists (select from letter_batch_members m where m.notification_id = n.id and m.live)`;
}
