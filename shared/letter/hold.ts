import type { Db, Pool } from "../database.ts";

/** A service whose letters are not printed for the time being. */
export interface LetterHold {
  serviceId: string;
  service: string;
  reason: string;
  heldAt: Date;
  /** Its letters that are `created`. */
  waiting: number;
}

/**
 * Keeps a service's letters from being printed, and takes its batches apart that nobody began to send: their letters
 * wait for a run after the release. A second hold keeps the time of the first. Answers how many batches were taken apart
 * and how many are being sent all the same. Throws a data fault where there is no such service.
 */
export async function holdLetters(
  sql: Pool,
  { serviceId, reason, at }: { serviceId: string; reason: string; at: Date },
): Promise<{ takenApart: number; underWay: number }> {
  return await sql.begin(async (tx) => {
    await tx`
      insert into letter_holds (service_id, reason, held_at) values (${serviceId}, ${reason}, ${at})
      on conflict (service_id) do update set reason = excluded.reason`;
    const batches = await tx<{ id: string }[]>`
      update letter_batches set state = 'abandoned', abandoned_at = ${at}, fault = 'The service is held'
      where service_id = ${serviceId} and state = 'planned' returning id`;
    await tx`
      update letter_batch_members set live = false
      where batch_id = any(${batches.map(({ id }) => id)}::uuid[]) and live`;
    const [row] = await tx<{ underWay: number }[]>`
      select count(*)::int as "underWay" from letter_batches
      where service_id = ${serviceId} and state in ('uploading', 'placing')`;
    return { takenApart: batches.length, underWay: row?.underWay ?? 0 };
  });
}

/** False where the service was not held. */
export async function releaseLetters(db: Db, serviceId: string): Promise<boolean> {
  const { count } = await db`delete from letter_holds where service_id = ${serviceId}`;
  return count > 0;
}

export async function listHolds(db: Db): Promise<LetterHold[]> {
  return await db<LetterHold[]>`
    select h.service_id as "serviceId", s.name as service, h.reason, h.held_at as "heldAt",
      (select count(*)::int from letters l join notifications n on n.id = l.notification_id
        where l.service_id = h.service_id and l.settled_at is null and n.status = 'created') as waiting
    from letter_holds h join services s on s.id = h.service_id order by h.held_at, h.service_id`;
}
