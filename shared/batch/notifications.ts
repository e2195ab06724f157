import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import type { Channel, Status } from "../notification/notification.ts";
import { decrypted, type NotificationObject, selectObjects } from "../notification/search-object.ts";

export interface BatchNotificationQuery {
  serviceId: string;
  batchId: string;
  /** Null: any. */
  statuses: readonly Status[] | null;
  /** Null: any. */
  types: readonly Channel[] | null;
  /** From 1. */
  page: number;
  pageSize: number;
}

/** A page of what a batch's rows became, in their order; and how many there are in all. */
export async function listBatchNotifications(
  db: Db,
  cipher: Cipher,
  { serviceId, batchId, statuses, types, page, pageSize }: BatchNotificationQuery,
): Promise<{ notifications: NotificationObject[]; total: number }> {
  const chosen = db`
    n.job_id = ${batchId} and n.service_id = ${serviceId}
    ${statuses ? db`and n.status = any(${statuses as Status[]})` : db``}
    ${types ? db`and n.notification_type = any(${types as string[]})` : db``}`;
  const rows = await db<NotificationObject[]>`
    ${selectObjects(db)} where n.id in (
      select n.id from notifications n where ${chosen}
      order by n.job_row_number limit ${pageSize} offset ${(page - 1) * pageSize})
    order by n.job_row_number`;
  const [all] = await db<{ total: number }[]>`
    select count(*)::integer as total from notifications n where ${chosen}`;
  const notifications = await Promise.all(rows.map((row) => decrypted(row, cipher)));
  return { notifications, total: all?.total ?? 0 };
}
