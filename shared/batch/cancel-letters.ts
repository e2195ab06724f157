import type { Db, Pool } from "../database.ts";
import { cancellableStatuses } from "../letter/cancel.ts";
import { deadlineOf, printDateOf } from "../letter/print-day.ts";
import type { Status } from "../notification/notification.ts";
import { writeSteps } from "../notification/timeline.ts";
import type { BatchStatus } from "./batch.ts";

/** `none`: the service has no such batch. */
export type LettersCancelled =
  | { outcome: "cancelled"; letters: number }
  | { outcome: "none" | "no-letters" | "unfinished" | "too-late" };

/** Those of letters that nobody prints, or not yet (`spec/letters.md` 8). */
const unprinted: readonly Status[] = [
  ...cancellableStatuses,
  "cancelled",
  "virus-scan-failed",
  "validation-failed",
  "technical-failure",
];

interface FoundBatch {
  status: BatchStatus;
  notificationCount: number;
  isOfLetters: boolean;
}

interface FoundLetters {
  letters: number;
  unprinted: number;
  earliestAt: Date | null;
}

/** Keeps a whole batch of letters from being printed: all that wait for it, or none where one is on its way. */
export async function cancelLettersOfBatch(
  sql: Pool,
  { serviceId, id, at }: { serviceId: string; id: string; at: Date },
): Promise<LettersCancelled> {
  return await sql.begin(async (tx) => {
    const [batch] = await tx<FoundBatch[]>`
      select j.job_status as status, j.notification_count as "notificationCount",
        t.template_type = 'letter' as "isOfLetters"
      from jobs j join templates t on t.id = j.template_id
      where j.id = ${id} and j.service_id = ${serviceId} for update of j`;
    if (!batch) return { outcome: "none" };
    if (!batch.isOfLetters) return { outcome: "no-letters" };
    if (batch.status !== "finished all notifications created") return { outcome: "unfinished" };

    // Everyone who changes several locks them in this order.
    const [found] = await tx<FoundLetters[]>`
      select count(*)::integer as letters, min(n.created_at) as "earliestAt",
        count(*) filter (where n.status = any(${[...unprinted]}) and not exists (
          select from letter_batch_members m where m.notification_id = n.id and m.live
            and n.status = any(${[...cancellableStatuses]})))::integer as unprinted
      from (
        select id, status, created_at from notifications
        where job_id = ${id} and service_id = ${serviceId} order by id for update) n`;
    if (!found?.earliestAt || found.letters < batch.notificationCount) return { outcome: "unfinished" };
    const isClosed = at.getTime() >= deadlineOf(printDateOf(found.earliestAt)).getTime();
    if (isClosed || found.unprinted < found.letters) return { outcome: "too-late" };
    return { outcome: "cancelled", letters: await markLettersCancelled(tx, { serviceId, id, at }) };
  });
}

/** Gives what they used of the day's limit back, on the day it was used. Answers how many they were. */
async function markLettersCancelled(
  db: Db,
  { serviceId, id, at }: { serviceId: string; id: string; at: Date },
): Promise<number> {
  const steps = writeSteps([{ kind: "end", at, status: "cancelled", reason: null }]);
  const [row] = await db<{ letters: number }[]>`
    with cancelled as (
      update notifications n set status = 'cancelled', updated_at = ${at},
        timeline = concat_ws(E'\n', n.timeline, ${steps}::text)
      where n.job_id = ${id} and n.service_id = ${serviceId} and n.status = any(${[...cancellableStatuses]})
      returning n.id
    ), settled as (
      update letters l set settled_at = ${at} from cancelled c where l.notification_id = c.id
    ), ended as (
      update jobs set job_status = 'cancelled', updated_at = ${at} where id = ${id} returning counted_on
    ), given_back as (
      update service_counters k set letter = greatest(0, k.letter - (select count(*) from cancelled))
      from ended e where k.service_id = ${serviceId} and k.utc_date = e.counted_on
    )
    select count(*)::integer as letters from cancelled`;
  return row?.letters ?? 0;
}
