import * as v from "valibot";
import { isJsonObject, type JsonObject } from "../../../shared/json/json.ts";
import { parseJson } from "../../../shared/json/parse.ts";
import { readLetter } from "../../../shared/letter/files.ts";
import {
  type DrawingFault,
  letterPreviewOf,
  pagesAtOnce,
  pictureKey,
  sealPicture,
} from "../../../shared/letter/picture.ts";
import {
  findWaitingPictures,
  markDrawn,
  type WaitingPictures,
} from "../../../shared/letter/picture-queries.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import { addressIn, parsePostalAddress } from "../../../shared/recipient/postal-address.ts";
import { personalisationOf } from "../../../shared/template/placeholders.ts";
import type { WorkerDeps } from "../../deps.ts";
import { RefusalCodeSchema } from "../../letters/precompiled/refusal.ts";
import { renderLetter } from "../../letters/render/render-letter.ts";

/**
 * Draws pages of a letter for whoever waits for them, and keeps the pictures where the API finds them. Throws only to
 * ask for another attempt: where files cannot be reached.
 */
export async function drawLetterPages(
  { picturesId }: Payload<"draw-letter-pages">,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { sql, storage, cipher, drawer, log, now } = deps;
  const asked = await findWaitingPictures(sql, picturesId);
  if (!asked) {
    log.info({ picturesId }, "These pictures need not be drawn");
    return;
  }
  const settle = (pages: number | null, fault: DrawingFault | null) =>
    markDrawn(sql, picturesId, { pages, fault, at: now() });
  const pdf = await pdfOf(picturesId, asked, deps, signal);
  if (typeof pdf === "string") return await settle(null, pdf);

  const { firstPage, refusal, refusedPages } = asked;
  const fault = v.is(RefusalCodeSchema, refusal) ? { code: refusal, pages: refusedPages } : null;
  const result = await drawer.draw({ pdf, firstPage, mostPages: pagesAtOnce, fault }, signal);
  const { notificationId } = asked;
  if (result.outcome === "undrawable") {
    log.warn(
      { picturesId, notificationId, fault: result.fault, reason: result.reason },
      "A letter cannot be drawn",
    );
    return await settle(null, result.fault);
  }
  const files = result.pictures.map((png, index) =>
    sealPicture(cipher, pictureKey(picturesId, firstPage + index), png),
  );
  await storage.put(await Promise.all(files), signal);
  await settle(result.pages, null);
  log.debug({ picturesId, notificationId, pages: result.pictures.length }, "Pages of a letter are drawn");
}

/** What is drawn, or why nothing can be. */
async function pdfOf(
  picturesId: string,
  { notificationId, file, preview, requestedAt }: WaitingPictures,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | DrawingFault> {
  if (notificationId !== null && file !== null) {
    return (await readLetter(deps, notificationId, file, signal)) ?? "no-pdf";
  }
  const text = await deps.cipher.decrypt(preview ?? "", letterPreviewOf(picturesId));
  const { personalisation, ...letter } = v.parse(Preview, parseJson(text));
  const { lines } = parsePostalAddress(addressIn(personalisation));
  const rendered = await renderLetter(
    {
      ...letter,
      addressLines: lines.length > 0 ? lines : unknownAddress,
      personalisation: personalisationOf(personalisation),
      createdAt: requestedAt,
    },
    deps.letterFonts,
  );
  return rendered.outcome === "rendered" ? rendered.pdf : "unprintable";
}

/** Where a preview goes to nobody yet. */
const unknownAddress = [1, 2, 3, 4, 5, 6, 7].map((line) => `address line ${line}`);

const Text = v.object({ subject: v.string(), content: v.string() });

/** As `previewPicture` wrote it. */
const Preview = v.object({
  english: Text,
  welsh: v.nullable(Text),
  contactBlock: v.nullable(v.string()),
  personalisation: v.custom<JsonObject>(isJsonObject),
});
