import type { Db } from "../database.ts";
import type { Channel } from "../notification/notification.ts";
import { fewestDays, usualDays } from "../retention/days.ts";
import { uploadDays } from "./uploads.ts";

const dayMs = 24 * 60 * 60 * 1000;

interface Place {
  id: string;
  serviceId: string;
}

/** Some of the batches whose files their services no longer keep: by UTC days, as Notify counts here. */
export async function listOldBatches(
  db: Db,
  { types, now, limit }: { types: readonly Channel[]; now: Date; limit: number },
): Promise<Place[]> {
  const midnight = new Date(Math.floor(now.getTime() / dayMs) * dayMs);
  return await db<Place[]>`
    select j.id, j.service_id as "serviceId"
    from jobs j
      join templates t on t.id = j.template_id
      left join service_data_retention r
        on r.service_id = j.service_id and r.notification_type = t.template_type
    where not j.archived and t.template_type = any (${[...types]}::text[])
      and j.created_at < ${new Date(midnight.getTime() - fewestDays * dayMs)}
      and coalesce(j.scheduled_for, j.created_at)
        < ${midnight}::timestamptz - coalesce(r.days_of_retention, ${usualDays}) * interval '24 hours'
    order by j.created_at limit ${limit}`;
}

export async function markArchived(db: Db, ids: readonly string[]): Promise<void> {
  await db`update jobs set archived = true where id = any (${[...ids]}::uuid[])`;
}

/** Some of the uploads from which no batch can be made any more; `isUsed`: their file is a batch's. */
export async function listOldUploads(
  db: Db,
  { now, limit }: { now: Date; limit: number },
): Promise<(Place & { isUsed: boolean })[]> {
  // A day more than they can be used: who found one in time has made its batch since.
  return await db<(Place & { isUsed: boolean })[]>`
    select u.id, u.service_id as "serviceId", exists (select from jobs j where j.id = u.id) as "isUsed"
    from job_uploads u where u.created_at < ${new Date(now.getTime() - (uploadDays + 1) * dayMs)}
    order by u.created_at limit ${limit}`;
}

export async function deleteUploads(db: Db, ids: readonly string[]): Promise<void> {
  await db`delete from job_uploads where id = any (${[...ids]}::uuid[])`;
}
