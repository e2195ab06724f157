import type { Db } from "../database.ts";
import type { Span } from "./days.ts";

/** Rows that one statement may count. */
const largest = 50_000;

/**
 * A service's span in parts of not many more than so many notifications each, so that no statement takes long however
 * much was sent; a quiet day is one part. What moves into history meanwhile stays in its part.
 */
export async function* slicesOf(db: Db, serviceId: string, { from, to }: Span): AsyncGenerator<Span> {
  for (let start = from; start < to; ) {
    const [row] = await db<{ end: Date | null }[]>`
      select min(created_at) as end from (
        (select created_at from notifications
          where service_id = ${serviceId} and created_at >= ${start} and created_at < ${to}
          order by created_at offset ${largest} limit 1)
        union all
        (select created_at from notification_history
          where service_id = ${serviceId} and created_at >= ${start} and created_at < ${to}
          order by created_at offset ${largest} limit 1)
      ) as later`;
    // So many in one millisecond are one part.
    const end = row?.end ? new Date(Math.max(row.end.getTime(), start.getTime() + 1)) : to;
    yield { from: start, to: end };
    start = end;
  }
}
