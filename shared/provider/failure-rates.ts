import type { Db } from "../database.ts";

/** Notify's own figures (`spec/schedule.md` 3). */
const manyTexts = 10_000;
const highShare = 0.25;
const manyToTv = 500;

/** A service whose texts of a day look wrong: many fail for good, or go to numbers that only films show. */
export interface Suspicious {
  serviceId: string;
  texts: number;
  failed: number;
  toTv: number;
  isFailing: boolean;
  isSendingToTv: boolean;
}

/** Live, active services; test keys' texts are not counted. Reads all notifications of the time. */
export async function listSuspicious(db: Db, { from, to }: { from: Date; to: Date }): Promise<Suspicious[]> {
  return await db<Suspicious[]>`
    with counted as (
      select n.service_id, count(*)::int as texts,
        count(*) filter (where n.status = 'permanent-failure')::int as failed,
        count(*) filter (where n.normalised_to like '447700900%')::int as to_tv
      from notifications n
      where n.created_at >= ${from} and n.created_at < ${to} and n.notification_type = 'sms' and n.key_type <> 'test'
      group by n.service_id
    ), judged as (
      select c.*, texts >= ${manyTexts} and failed >= texts * ${highShare}::float8 as failing,
        to_tv > ${manyToTv} as sending_to_tv
      from counted c join services s on s.id = c.service_id
      where s.active and not s.restricted
    )
    select service_id as "serviceId", texts, failed, to_tv as "toTv", failing as "isFailing",
      sending_to_tv as "isSendingToTv"
    from judged where failing or sending_to_tv
    order by service_id`;
}
