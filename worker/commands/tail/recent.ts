import type { Db } from "../../../shared/database.ts";
import type { Channel, Status } from "../../../shared/notification/notification.ts";

export interface Recent {
  id: string;
  serviceId: string;
  channel: Channel;
  status: Status;
  sentBy: string | null;
  /** When it last changed. */
  at: Date;
}

const minutes = 15;
const most = 500;

/** The newest messages of the last minutes, of one service or all, in the order of their changes. */
export async function listRecent(db: Db, serviceId: string | null): Promise<Recent[]> {
  return await db<Recent[]>`
    select * from (
      select id, service_id as "serviceId", notification_type as channel, status, sent_by as "sentBy",
        coalesce(updated_at, sent_at, created_at) as at
      from notifications
      where created_at > now() - ${minutes} * interval '1 minute'
        ${serviceId === null ? db`` : db`and service_id = ${serviceId}`}
      order by created_at desc, id desc limit ${most}
    ) recent order by at, id`;
}
