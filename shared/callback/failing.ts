import type { Db } from "../database.ts";

/** A receiver of callbacks that has been spared for long, or is given up. */
export interface FailingReceiver {
  serviceId: string;
  type: string;
  since: Date;
}

/** Those that have failed since before an instant, the longest first. */
export async function listFailingReceivers(
  db: Db,
  { since, limit }: { since: Date; limit: number },
): Promise<FailingReceiver[]> {
  return await db<FailingReceiver[]>`
    select c.service_id as "serviceId", c.callback_type as type, least(b.opened_at, c.suspended_at) as since
    from service_callback_api c left join callback_breakers b on b.callback_id = c.id
    where least(b.opened_at, c.suspended_at) < ${since}
    order by since, c.id limit ${limit}`;
}
