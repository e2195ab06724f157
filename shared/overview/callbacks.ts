import type { Db } from "../database.ts";

/** A receiver of callbacks that is spared because it fails, or is not called any more. */
export interface FailingCallback {
  callbackId: string;
  serviceId: string;
  serviceName: string;
  type: string;
  /** spared: now and then one callback is tried. suspended: none is, until somebody resumes it. */
  state: "spared" | "suspended";
  since: Date;
  /** Why it was suspended. */
  reason: string | null;
}

/** Of one service, or of all where it is null; the longest first. */
export async function readFailingCallbacks(
  db: Db,
  { serviceId, limit }: { serviceId: string | null; limit: number },
): Promise<FailingCallback[]> {
  return await db<FailingCallback[]>`
    select c.id as "callbackId", c.service_id as "serviceId", s.name as "serviceName", c.callback_type as type,
      case when c.suspended_at is null then 'spared' else 'suspended' end as state,
      coalesce(c.suspended_at, b.opened_at) as since, c.suspended_reason as reason
    from service_callback_api c join services s on s.id = c.service_id
      left join callback_breakers b on b.callback_id = c.id
    where (c.suspended_at is not null or b.callback_id is not null)
      and (${serviceId}::uuid is null or c.service_id = ${serviceId}::uuid)
    order by since, c.id limit ${limit}`;
}
