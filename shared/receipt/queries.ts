import type { Db } from "../database.ts";
import { byId } from "../notification/change.ts";
import type { Claimed } from "../notification/delivery.ts";
import { type NewJob, toRow as toJobRow } from "../queue/enqueue.ts";

export interface NewComplaint {
  id: string;
  notificationId: string;
  serviceId: string;
  eventId: string;
  feedbackId: string | null;
  complaintType: string | null;
  happenedAt: Date | null;
  /** Queued with the complaint, where its service wants to be told. */
  callback: NewJob<"service-callbacks">;
}

/** Stores a recipient's complaint and queues its callback, once however often SNS repeats it. */
export async function storeComplaint(db: Db, complaint: NewComplaint): Promise<void> {
  const { id, notificationId, serviceId, eventId, feedbackId, complaintType, happenedAt, callback } =
    complaint;
  const jobs = [{ n: 0, ...toJobRow(callback) }];
  await db`
    with stored as (
      insert into complaints (id, notification_id, service_id, event_id, ses_feedback_id, complaint_type, complaint_date)
      values (${id}, ${notificationId}, ${serviceId}, ${eventId}, ${feedbackId}, ${complaintType}, ${happenedAt})
      on conflict (event_id) do nothing
      returning service_id
    )
    select enqueue_jobs(${JSON.stringify(jobs)}::text::json, array(
      select 0 from stored s join service_callback_api c
        on c.service_id = s.service_id and c.callback_type = 'complaint'))`;
}

/** A text whose fragments nobody has counted yet, with what it is made of. */
export type Unpriced = Pick<Claimed, "id" | "templateId" | "templateVersion" | "personalisation"> & {
  service: Pick<Claimed["service"], "name" | "prefixSms">;
};

/** Null for a text whose fragments are known, and for what is no text. Answers in the order asked. */
export async function findUnpriced(db: Db, ids: readonly string[]): Promise<(Unpriced | null)[]> {
  const rows = await db<Unpriced[]>`
    select n.id, n.template_id as "templateId", n.template_version as "templateVersion", n.personalisation,
      json_build_object('name', s.name, 'prefixSms', s.prefix_sms) as service
    from notifications n join services s on s.id = n.service_id
    where n.id = any(${ids as string[]}::uuid[]) and n.billable_units = 0 and n.notification_type = 'sms'`;
  const found = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => found.get(id) ?? null);
}

export interface Price {
  id: string;
  billableUnits: number;
}

/** Notes how many fragments texts have, where that is not known yet. */
export async function storePrices(db: Db, prices: readonly Price[]): Promise<void> {
  await db`
    update notifications n set billable_units = p.units
    from json_to_recordset(${JSON.stringify(prices.map(toRow).sort(byId))}::text::json)
      as p (n integer, id uuid, units integer)
    -- As in changeStatuses.
    where n.id = p.id and n.billable_units = 0 and p.n between 0 and 9999`;
}

function toRow({ id, billableUnits }: Price, n: number) {
  return { n, id, units: billableUnits };
}
