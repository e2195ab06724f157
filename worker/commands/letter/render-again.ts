import type { Db, Pool } from "../../../shared/database.ts";
import type { Status } from "../../../shared/notification/notification.ts";
import { lockReplays } from "../../../shared/notification/sweeps.ts";
import { enqueue } from "../../../shared/queue/enqueue.ts";

export type RenderAgain =
  | { outcome: "queued" }
  | { outcome: "no-letter" }
  /** Its service made the PDF. */
  | { outcome: "precompiled" }
  | { outcome: "in-batch"; batch: string }
  /** It is with the printer, or ended for good. */
  | { outcome: "handled"; status: Status }
  /** It is being made, or about to be. */
  | { outcome: "has-job" };

interface Row {
  serviceId: string;
  status: Status;
  precompiled: boolean;
  wasSent: boolean;
  batch: string | null;
  hasJob: boolean;
}

const unfinished: readonly Status[] = ["created", "technical-failure", "validation-failed"];

/** Forgets what was made of a templated letter that is in no live batch, and queues its rendering. */
export async function renderAgain(sql: Pool, notificationId: string): Promise<RenderAgain> {
  return await sql.begin(async (tx) => {
    await lockReplays(tx);
    const row = await findForUpdate(tx, notificationId);
    if (!row) return { outcome: "no-letter" };
    if (row.precompiled) return { outcome: "precompiled" };
    if (row.batch !== null) return { outcome: "in-batch", batch: row.batch };
    if (row.wasSent || !unfinished.includes(row.status)) return { outcome: "handled", status: row.status };
    if (row.hasJob) return { outcome: "has-job" };
    await tx`
      update notifications set status = 'created', status_reason = null, billable_units = 0
      where id = ${notificationId}`;
    await tx`
      update letters set pages = null, bytes = null, sha256 = null, made_at = null, refusal = null,
        refused_pages = null, settled_at = null
      where notification_id = ${notificationId}`;
    await enqueue(tx, [{ name: "create-letter-pdf", data: { notificationId }, groupId: row.serviceId }]);
    return { outcome: "queued" };
  });
}

async function findForUpdate(tx: Db, notificationId: string): Promise<Row | null> {
  const [row] = await tx<Row[]>`
    select n.service_id as "serviceId", n.status, l.precompiled, n.sent_at is not null as "wasSent",
      (select b.name from letter_batch_members m join letter_batches b on b.id = m.batch_id
        where m.notification_id = n.id and m.live) as batch,
      exists (select from pgboss.job j where j.name in ('create-letter-pdf', 'delivery-exhausted')
        and j.state <= 'active' and j.data->>'notificationId' = n.id::text) as "hasJob"
    from notifications n join letters l on l.notification_id = n.id
    where n.id = ${notificationId} for update of n`;
  return row ?? null;
}
