import type { Pool } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { inTime } from "../group.ts";
import { stringifyInOrder } from "../json/stringify.ts";
import { derivedId } from "../queue/derived-id.ts";
import type { Signer } from "../signing.ts";
import type { Storage } from "../storage/storage.ts";
import {
  type LetterPreview,
  letterPreviewOf,
  type Picture,
  pagesAtOnce,
  pictureKey,
  readPicture,
} from "./picture.ts";
import {
  findDrawable,
  findPictures,
  type Pictures,
  type PicturesRequest,
  requestPictures,
} from "./picture-queries.ts";

/*
 * Pictures of letters' pages. Only a worker can draw them: whoever wants one asks and waits, and who wants the same
 * soon after finds it. They are kept for an hour or so after they were drawn, encrypted as the PDF is.
 */

export interface PictureDeps {
  sql: Pool;
  cipher: Cipher;
  storage: Storage;
  signer: () => Promise<Signer>;
  now: () => Date;
  /** For one statement. */
  timeoutMs: number;
  /** How long somebody waits for a picture. */
  patienceMs: number;
}

/** How often it is looked whether a worker has drawn them. */
const everyMs = 100;

/** So that no page lies beyond what Postgres can count. */
const lastPage = 100_000;

/**
 * A page of a letter, whatever became of it: as it is printed, or as its service sent it where that is not printed.
 * `withFaults`: with what is wrong with it in red, if it failed validation. `page` is a whole number from 1. Answers
 * early when `signal` aborts; throws where database or storage cannot be reached.
 */
export async function letterPicture(
  deps: PictureDeps,
  asked: { serviceId: string; notificationId: string; page: number; withFaults: boolean },
  signal: AbortSignal,
): Promise<Picture> {
  const { serviceId, notificationId, page } = asked;
  const letter = await inTime(findDrawable(deps.sql, serviceId, notificationId), deps.timeoutMs);
  if (!letter) return { fault: "no-letter" };
  const file = letter.madeAt ? "letter" : letter.precompiled ? "original" : null;
  if (file === null) return { fault: "no-pdf" };
  const withFaults = asked.withFaults && letter.refusal !== null;
  const firstPage = firstPageOf(page);
  // A PDF may be made again, and be found out to be faulty after it was looked at.
  const version = `${file} ${letter.madeAt?.getTime()} ${withFaults}`;
  const id = await derivedId(`letter-pictures:${notificationId} ${version} ${firstPage}`);
  const request = { id, serviceId, of: { notificationId, file }, withFaults, firstPage } as const;
  return await findOrDraw(deps, request, page, signal);
}

/** A page of a letter that nobody sent. Otherwise as `letterPicture`. */
export async function previewPicture(
  deps: PictureDeps,
  { serviceId, preview, page }: { serviceId: string; preview: LetterPreview; page: number },
  signal: AbortSignal,
): Promise<Picture> {
  const { english, welsh, contactBlock, personalisation } = preview;
  const text = stringifyInOrder({
    english: { ...english },
    welsh: welsh && { ...welsh },
    contactBlock,
    personalisation,
  });
  const firstPage = firstPageOf(page);
  // Nobody may guess from an id what a letter says.
  const name = await (await deps.signer()).sign(`${serviceId} ${text}`, "letter-preview");
  const id = await derivedId(`letter-pictures:${name} ${firstPage}`);
  const sealed = await deps.cipher.encrypt(text, letterPreviewOf(id));
  const request = { id, serviceId, of: { preview: sealed }, withFaults: false, firstPage };
  return await findOrDraw(deps, request, page, signal);
}

/** What could not be drawn is tried again after a while: the machine may have had too much to do. */
function isFresh({ drawnAt }: Pictures, at: Date): boolean {
  return drawnAt !== null && at.getTime() - drawnAt.getTime() < faultMs;
}

const faultMs = 60_000;

function firstPageOf(page: number): number {
  return page - ((page - 1) % pagesAtOnce);
}

async function findOrDraw(
  deps: PictureDeps,
  request: PicturesRequest,
  page: number,
  signal: AbortSignal,
): Promise<Picture> {
  const { sql, timeoutMs, patienceMs, now } = deps;
  if (page > lastPage) return { fault: "no-page" };
  const endsAt = performance.now() + patienceMs;
  let isAsked = false;
  for (;;) {
    const found = await inTime(findPictures(sql, request.serviceId, request.id), timeoutMs);
    if (found?.fault && isFresh(found, now())) return { fault: found.fault };
    if (found?.drawnAt && !found.fault) {
      const pages = found.pages ?? 0;
      if (page > pages) return { fault: "no-page" };
      const png = await readPicture(deps, pictureKey(request.id, page), signal);
      if (png) return { png, pages };
    }
    if (!isAsked) {
      const seen = found?.drawnAt ?? null;
      await inTime(requestPictures(sql, request, { at: now(), seen }), timeoutMs);
      isAsked = true;
    }
    if (signal.aborted || performance.now() >= endsAt) return { fault: "no-answer" };
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
