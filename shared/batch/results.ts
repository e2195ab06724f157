import type { Db } from "../database.ts";
import type { Channel, Status } from "../notification/notification.ts";

/** What became of a batch's row. */
export interface BatchResult {
  /** Counted from 0, below the header. */
  row: number;
  id: string;
  recipient: string;
  reference: string | null;
  channel: Channel;
  status: Status;
  createdAt: Date;
  sentAt: Date | null;
  updatedAt: Date | null;
}

/** The next rows of a batch after one of them; from the first after -1. */
export async function listBatchResults(
  db: Db,
  { serviceId, batchId, after, limit }: { serviceId: string; batchId: string; after: number; limit: number },
): Promise<BatchResult[]> {
  return await db<BatchResult[]>`
    select job_row_number as row, id, recipient, client_reference as reference, notification_type as channel, status,
      created_at as "createdAt", sent_at as "sentAt", updated_at as "updatedAt"
    from notifications
    where job_id = ${batchId} and service_id = ${serviceId} and job_row_number > ${after}
    order by job_row_number limit ${limit}`;
}
