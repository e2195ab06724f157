import type { Db } from "../database.ts";

/** That the recipient of an email called it unwanted. */
export interface Complaint {
  id: string;
  notificationId: string;
  serviceId: string;
  /** Null where there is no such service any more. */
  serviceName: string | null;
  sesFeedbackId: string | null;
  type: string | null;
  /** When it was made; null where SES did not say. */
  happenedAt: Date | null;
  createdAt: Date;
}

/** A page of all, the newest first, and how many there are; `page` counts from 1. */
export async function listComplaints(
  db: Db,
  { page, size }: { page: number; size: number },
): Promise<{ complaints: Complaint[]; total: number }> {
  const complaints = await db<Complaint[]>`
    select c.id, c.notification_id as "notificationId", c.service_id as "serviceId", s.name as "serviceName",
      c.ses_feedback_id as "sesFeedbackId", c.complaint_type as type, c.complaint_date as "happenedAt",
      c.created_at as "createdAt"
    from complaints c left join services s on s.id = c.service_id
    order by c.created_at desc, c.id desc limit ${size} offset ${(page - 1) * size}`;
  const [counted] = await db<{ total: number }[]>`select count(*)::int as total from complaints`;
  return { complaints, total: counted?.total ?? 0 };
}

/** How many were stored from one instant to before another. */
export async function countComplaints(db: Db, from: Date, before: Date): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select count(*)::int as count from complaints where created_at >= ${from} and created_at < ${before}`;
  return row?.count ?? 0;
}
