import type { Pool } from "../database.ts";
import { writeSteps } from "../notification/timeline.ts";
import type { BatchState } from "./batch.ts";

export interface Abandonment {
  /** A batch, or all of a run. */
  of: { batchId: string } | { runId: string };
  reason: string;
  /** Also what may be with the printer, or is: it may then be printed twice. */
  force: boolean;
  at: Date;
}

export interface Abandoned {
  batches: number;
  /** How many letters are free for another run. */
  letters: number;
  /** Batches that were left as they are, because a worker has them, or they may be with the printer. */
  kept: { id: string; name: string; state: BatchState }[];
}

/**
 * Gives up batches: their letters may be in another. Without force only such as nobody began to place: what is being
 * sent under its final name, or has or may have that name, is the printer's. With force letters that are `sending`
 * become `created` again. A run that is being planned is not planned further. Batches that a worker is sending this
 * moment are left to it.
 */
export async function abandonBatches(sql: Pool, { of, reason, force, at }: Abandonment): Promise<Abandoned> {
  return await sql.begin(async (tx) => {
    const chosen = "batchId" in of ? tx`b.id = ${of.batchId}` : tx`b.run_id = ${of.runId}`;
    if ("runId" in of) {
      await tx`
        update print_runs set status = 'abandoned', reason = ${reason}
        where id = ${of.runId} and status = 'planning'`;
    }
    const given = await tx<{ id: string }[]>`
      update letter_batches b set state = 'abandoned', abandoned_at = ${at}, claimed_until = null, fault = ${reason}
      where ${chosen} and coalesce(b.claimed_until < now(), true) and (b.state = 'planned'
        or (b.state = 'uploading' and b.temporary_name is not null)
        or (${force} and b.state in ('uploading', 'placing', 'uploaded', 'acknowledged')))
      returning b.id`;
    const ids = given.map(({ id }) => id);
    const step = writeSteps([
      { kind: "end", at, status: "created", reason: `To be printed again: ${reason}` },
    ]);
    const [row] = await tx<{ letters: number }[]>`
      with freed as (
        update letter_batch_members set live = false where batch_id = any(${ids}::uuid[]) and live
        returning notification_id
      ), ordered as materialized (
        -- Locked in the order in which all statements take several.
        select id, status from notifications where id in (select notification_id from freed) order by id for update
      ), again as (
        update notifications n set status = 'created', sent_at = null, sent_by = null, updated_at = ${at},
          timeline = concat_ws(E'\\n', n.timeline, ${step}::text)
        from ordered o where n.id = o.id and n.status = 'sending'
      )
      select count(*)::int as letters from ordered where status in ('created', 'sending')`;
    const kept = await tx<Abandoned["kept"]>`
      select b.id, b.name, b.state from letter_batches b where ${chosen} and b.state <> 'abandoned' order by b.name`;
    if ("runId" in of && kept.length === 0) {
      await tx`
        update print_runs set status = 'abandoned', reason = ${reason}
        where id = ${of.runId} and status = 'planned'`;
    }
    return { batches: given.length, letters: row?.letters ?? 0, kept };
  });
}
