import type { Db } from "../database.ts";
import { type NewJob, toRow } from "../queue/enqueue.ts";
import type { LetterPdf } from "./files.ts";
import type { DrawingFault } from "./picture.ts";

/** What there is of a letter to be drawn. */
export interface DrawableLetter {
  precompiled: boolean;
  madeAt: Date | null;
  /** Why it cannot be printed; null where it can, or nobody has looked. */
  refusal: string | null;
  refusedPages: number[] | null;
  pages: number | null;
}

/** Null where the service has no such letter. */
export async function findDrawable(
  db: Db,
  serviceId: string,
  notificationId: string,
): Promise<DrawableLetter | null> {
  const [row] = await db<DrawableLetter[]>`
    select l.precompiled, l.made_at as "madeAt", l.refusal, l.refused_pages as "refusedPages", l.pages
    from notifications n join letters l on l.notification_id = n.id
    where n.id = ${notificationId} and n.service_id = ${serviceId}`;
  return row ?? null;
}

/** Pictures that somebody asked for. */
export interface PicturesRequest {
  id: string;
  serviceId: string;
  /** A letter's file, or what a preview says, encrypted. */
  of: { notificationId: string; file: LetterPdf } | { preview: string };
  withFaults: boolean;
  firstPage: number;
}

export interface Pictures {
  /** Null until they are drawn. */
  drawnAt: Date | null;
  /** Of the whole letter. */
  pages: number | null;
  fault: DrawingFault | null;
}

/** Null where nobody has asked for them lately. */
export async function findPictures(db: Db, serviceId: string, id: string): Promise<Pictures | null> {
  const [row] = await db<Pictures[]>`
    select drawn_at as "drawnAt", pages, fault from letter_pictures where id = ${id} and service_id = ${serviceId}`;
  return row ?? null;
}

/**
 * Has a worker draw them, if none is at it already. `seen` is when those were drawn that are drawn anew, as their files
 * are gone; nothing happens where they have been drawn again since.
 */
export async function requestPictures(
  db: Db,
  { id, serviceId, of, withFaults, firstPage }: PicturesRequest,
  { at, seen }: { at: Date; seen: Date | null },
): Promise<void> {
  const job: NewJob<"draw-letter-pages"> = {
    name: "draw-letter-pages",
    data: { picturesId: id },
    groupId: serviceId,
    singletonKey: id,
  };
  const [letter, preview] = "preview" in of ? [null, of.preview] : [of, null];
  await db`
    with asked as (
      insert into letter_pictures as p (id, service_id, notification_id, file, preview, with_faults, first_page,
        requested_at)
      values (${id}, ${serviceId}, ${letter?.notificationId ?? null}, ${letter?.file ?? null}, ${preview},
        ${withFaults}, ${firstPage}, ${at})
      on conflict (id) do update
        set requested_at = excluded.requested_at, drawn_at = null, pages = null, fault = null
        where p.drawn_at is not distinct from ${seen}
      returning id
    )
    select enqueue_jobs(${JSON.stringify([toRow(job)])}::text::json) from asked`;
}

/** What a worker needs to draw them. */
export interface WaitingPictures {
  serviceId: string;
  /** Null for a preview; so is `file`. */
  notificationId: string | null;
  file: LetterPdf | null;
  /** Encrypted. */
  preview: string | null;
  firstPage: number;
  requestedAt: Date;
  /** What is drawn over them; null where nothing is. */
  refusal: string | null;
  refusedPages: number[] | null;
}

/** Null where they are drawn already, or forgotten. */
export async function findWaitingPictures(db: Db, id: string): Promise<WaitingPictures | null> {
  const [row] = await db<WaitingPictures[]>`
    select p.service_id as "serviceId", p.notification_id as "notificationId", p.file, p.preview,
      p.first_page as "firstPage", p.requested_at as "requestedAt", l.refusal, l.refused_pages as "refusedPages"
    from letter_pictures p
      left join letters l on p.with_faults and l.notification_id = p.notification_id and l.service_id = p.service_id
    where p.id = ${id} and p.drawn_at is null`;
  return row ?? null;
}

/** Notes what became of them: the first to do so counts. */
export async function markDrawn(
  db: Db,
  id: string,
  { pages, fault, at }: { pages: number | null; fault: DrawingFault | null; at: Date },
): Promise<void> {
  await db`
    update letter_pictures set drawn_at = ${at}, pages = ${pages}, fault = ${fault}
    where id = ${id} and drawn_at is null`;
}

export interface OldPictures {
  id: string;
  firstPage: number;
}

/** Those last asked for before an instant, the oldest first. */
export async function listOldPictures(
  db: Db,
  { before, limit }: { before: Date; limit: number },
): Promise<OldPictures[]> {
  return await db<OldPictures[]>`
    select id, first_page as "firstPage" from letter_pictures where requested_at < ${before}
    order by requested_at limit ${limit}`;
}

/** Leaves alone what was asked for again since. Answers how many went. */
export async function deleteOldPictures(
  db: Db,
  { ids, before }: { ids: readonly string[]; before: Date },
): Promise<number> {
  const { count } = await db`
    delete from letter_pictures where id = any(${[...ids]}::uuid[]) and requested_at < ${before}`;
  return count;
}
