import { createHash } from "node:crypto";
import { isJsonObject } from "../../../shared/json/json.ts";
import { parseJson } from "../../../shared/json/parse.ts";
import { sealLetter } from "../../../shared/letter/files.ts";
import { personalisationOf as personalisationPurpose } from "../../../shared/notification/admit.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import { type Personalisation, personalisationOf } from "../../../shared/template/placeholders.ts";
import { maximumQrCodeBytes } from "../../../shared/template/qr-code.ts";
import type { WorkerDeps } from "../../deps.ts";
import {
  findLetterToRender,
  markRendered,
  type Rendering,
  type StoredLetter,
} from "../../letters/render/queries.ts";
import { type RenderedLetter, renderLetter } from "../../letters/render/render-letter.ts";

/** Sides of a letter that is printed, attachments and both languages together (`spec/templates.md` 6.3). */
const mostPages = 10;

/**
 * Makes the PDF of one templated letter and stores it. A letter with a PDF waits for the next print run, or ends where
 * it cannot be printed or came with a test key. Throws only to ask for another attempt.
 */
export async function createLetterPdf(
  { notificationId }: Payload<"create-letter-pdf">,
  { sql, storage, cipher, letterFonts, letters, log, now }: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const letter = await findLetterToRender(sql, notificationId);
  if (letter?.status !== "created" || letter.isMade) {
    log.info({ notificationId, status: letter?.status }, "This letter needs no PDF");
    return;
  }
  const personalisation = await readPersonalisation(cipher, notificationId, letter.personalisation);
  const addressLines = letter.recipient.split("\n");
  const rendered = await renderLetter({ ...letter, addressLines, personalisation }, letterFonts);
  signal.throwIfAborted();
  // Whatever else happens to it, the same letter gives the same file: it may be written twice.
  if (rendered.outcome === "rendered") {
    await storage.put([await sealLetter(cipher, notificationId, "letter", rendered.pdf)], signal);
  }
  const { fakeResponses } = letters;
  const rendering = decide(rendered, { notificationId, letter, fakeResponses, at: now() });
  const moved = await markRendered(sql, rendering);
  if (!moved) {
    log.info({ notificationId }, "The letter was cancelled, or got its PDF, meanwhile");
    return;
  }
  const facts = { notificationId, pages: rendering.pdf?.pages, status: rendering.to };
  if (rendering.refusal === null) log.debug(facts, "A letter has its PDF");
  else log.warn({ ...facts, refusal: rendering.refusal }, "A letter cannot be printed");
}

async function readPersonalisation(
  cipher: WorkerDeps["cipher"],
  id: string,
  sealed: string | null,
): Promise<Personalisation> {
  if (sealed === null) return personalisationOf({});
  const json = parseJson(await cipher.decrypt(sealed, personalisationPurpose(id)));
  if (!isJsonObject(json)) throw new Error(`Cannot read the personalisation of ${id}: not an object`);
  return personalisationOf(json);
}

interface Circumstances {
  notificationId: string;
  letter: Pick<StoredLetter, "serviceId" | "keyType">;
  /** Whether the printer's answer to letters of test keys is made up. */
  fakeResponses: boolean;
  at: Date;
}

function decide(rendered: RenderedLetter, circumstances: Circumstances): Rendering {
  const { notificationId, letter, fakeResponses, at } = circumstances;
  const refused = (refusal: string, reason: string, pdf: Rendering["pdf"]): Rendering => ({
    notificationId,
    pdf,
    refusal,
    to: "validation-failed",
    reason,
    billableUnits: 0,
    at,
    steps: [{ kind: "end", at, status: "validation-failed", reason }],
    next: null,
  });
  if (rendered.outcome === "unprintable") {
    return refused("unprintable-characters", `Cannot print ${namesOf(rendered.codePoints)}`, null);
  }
  if (rendered.outcome === "oversized-qr-code") {
    const reason = `A QR code would hold ${rendered.numBytes} bytes: ${maximumQrCodeBytes} can be printed`;
    return refused("qr-code-too-long", reason, null);
  }
  const { pdf: file, pages, isWhole } = rendered;
  const pdf = { pages, bytes: file.length, sha256: createHash("sha256").update(file).digest() };
  if (pages > mostPages || !isWhole) {
    const reason = isWhole
      ? `It has ${pages} pages: ${mostPages} can be printed`
      : `It says more than ${mostPages} pages can hold`;
    return refused("letter-too-long", reason, pdf);
  }
  const made = { notificationId, pdf, refusal: null, reason: null, at };
  if (letter.keyType !== "test") {
    return { ...made, to: "created", billableUnits: Math.ceil(pages / 2), steps: [], next: null };
  }
  if (!fakeResponses) {
    const end = { kind: "end", at, status: "delivered", reason: null } as const;
    return { ...made, to: "delivered", billableUnits: 0, steps: [end], next: null };
  }
  const handedOver = {
    kind: "attempt",
    at,
    provider: "dvla",
    outcome: "accepted",
    durationMs: null,
    words: null,
  } as const;
  return {
    ...made,
    to: "sending",
    billableUnits: 0,
    steps: [handedOver],
    next: { name: "fake-letter-response", data: { notificationId }, groupId: letter.serviceId },
  };
}

/** The first few, as Unicode names them: which, not what was written with them. */
function namesOf(codePoints: readonly number[]): string {
  const shown = codePoints.slice(0, 5).map((code) => `U+${code.toString(16).toUpperCase().padStart(4, "0")}`);
  const more = codePoints.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
