import type { Db } from "../database.ts";

/** A batch that one worker may now send. */
export interface ClaimedBatch {
  id: string;
  name: string;
  postage: string;
  serviceId: string;
  letters: number;
  /** `uploading`: whatever is on the far side is worth nothing. `placing`: all of it is there, or was. */
  state: "uploading" | "placing";
  /** Of this attempt, or in `placing` of the one that sent it; null where it went straight under its own name. */
  temporaryName: string | null;
  /** Of an attempt before, which may be left there. */
  leftover: string | null;
  /** Of the zip that was sent; null until all of it was. */
  zipBytes: number | null;
  /** Which claim it is: only who names it may go on. */
  claim: string;
}

export type BatchClaim =
  | { outcome: "claimed"; batch: ClaimedBatch }
  /** Another worker is sending it, or died while it did. */
  | { outcome: "busy" }
  /** Nothing of it was sent, and its service's letters are not to be printed now. */
  | { outcome: "held" }
  /** It was sent, or abandoned; `state` is null where there is no such batch. */
  | { outcome: "handled"; state: string | null };

/**
 * Takes a batch by compare-and-set, for `seconds`: of two workers one gets it. A batch that was being sent begins anew
 * under the given temporary name; one that is being placed is only to be finished.
 */
export async function claimBatch(
  db: Db,
  id: string,
  { temporaryName, seconds }: { temporaryName: string | null; seconds: number },
): Promise<BatchClaim> {
  const [batch] = await db<ClaimedBatch[]>`
    with before as (
      select b.id, b.temporary_name from letter_batches b join services s on s.id = b.service_id
      where b.id = ${id} and (b.claimed_until is null or b.claimed_until < now())
        and (b.state in ('uploading', 'placing') or (b.state = 'planned' and s.active
          and not exists (select from letter_holds h where h.service_id = b.service_id)))
      for update of b
    )
    update letter_batches b set claimed_until = now() + ${seconds} * interval '1s',
      state = case when b.state = 'placing' then 'placing' else 'uploading' end,
      temporary_name = case when b.state = 'placing' then b.temporary_name else ${temporaryName} end
    from before where b.id = before.id
    returning b.id, b.name, b.postage, b.service_id as "serviceId", b.letters, b.state,
      b.temporary_name as "temporaryName", before.temporary_name as leftover, b.zip_bytes::float8 as "zipBytes",
      b.claimed_until::text as claim`;
  if (batch) return { outcome: "claimed", batch };
  const [row] = await db<{ state: string; isClaimed: boolean }[]>`
    select state, coalesce(claimed_until > now(), false) as "isClaimed" from letter_batches where id = ${id}`;
  if (row?.state === "planned") return { outcome: "held" };
  return row?.isClaimed || row?.state === "uploading" || row?.state === "placing"
    ? { outcome: "busy" }
    : { outcome: "handled", state: row?.state ?? null };
}

/** The claim, longer; null where it is another's by now. */
export async function renewClaim(
  db: Db,
  { id, claim }: { id: string; claim: string },
  seconds: number,
): Promise<string | null> {
  const [row] = await db<{ claim: string }[]>`
    update letter_batches set claimed_until = now() + ${seconds} * interval '1s'
    where id = ${id} and claimed_until = ${claim}::text::timestamptz
    returning claimed_until::text as claim`;
  return row?.claim ?? null;
}

/** Lets another attempt have the batch at once, and notes why this one ended. */
export async function releaseBatch(
  db: Db,
  { id, claim, fault }: { id: string; claim: string; fault: string },
): Promise<void> {
  await db`
    update letter_batches set claimed_until = null, fault = ${fault}
    where id = ${id} and claimed_until = ${claim}::text::timestamptz`;
}
