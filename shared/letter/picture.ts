import type { Cipher } from "../encryption.ts";
import type { JsonObject } from "../json/json.ts";
import type { Storage, StoredFile } from "../storage/storage.ts";
import type { TemplateObject } from "../template/admin.ts";
import type { LetterText } from "../template/letter-text.ts";

/** A letter's page as a picture, and how many pages its PDF has; or why there is none. */
export type Picture = { png: Uint8Array<ArrayBuffer>; pages: number } | { fault: PictureFault };

/** What is wrong with a PDF, or with what a preview says. */
export const drawingFaults = ["no-pdf", "unreadable", "password-protected", "unprintable"] as const;
export type DrawingFault = (typeof drawingFaults)[number];

export type PictureFault = DrawingFault | "no-letter" | "no-page" | "no-answer";

/** How each is told. */
export const pictureFaults: Readonly<Record<PictureFault, { status: 400 | 404 | 503; message: string }>> = {
  "no-letter": { status: 404, message: "No result found" },
  "no-pdf": { status: 404, message: "This letter has no PDF" },
  "no-page": { status: 404, message: "This letter has no such page" },
  unreadable: { status: 400, message: "This letter cannot be drawn: its PDF cannot be read" },
  "password-protected": { status: 400, message: "This letter cannot be drawn: its PDF wants a password" },
  unprintable: { status: 400, message: "This letter says something that cannot be printed" },
  "no-answer": { status: 503, message: "This letter was not drawn in time, try again later" },
};

/** What a letter that nobody sent says. What has no value stands in it as it was typed. */
export interface LetterPreview {
  english: LetterText;
  /** Null where the letter is English alone. */
  welsh: LetterText | null;
  /** Whom it is from; null where it does not say. */
  contactBlock: string | null;
  /** As services give it: address lines and placeholders. */
  personalisation: JsonObject;
}

export function previewOf(template: TemplateObject, personalisation: JsonObject): LetterPreview {
  const { subject, content, letterLanguages, letterWelshSubject, letterWelshContent, contactBlock } =
    template;
  const isWelsh = letterLanguages === "welsh_then_english";
  return {
    english: { subject: subject ?? "", content },
    welsh: isWelsh ? { subject: letterWelshSubject ?? "", content: letterWelshContent ?? "" } : null,
    contactBlock,
    personalisation,
  };
}

/** What a stored preview's encryption is bound to. */
export function letterPreviewOf(picturesId: string): string {
  return `letter_pictures.preview:${picturesId}`;
}

/** Pages that are drawn together: those that can be printed, mostly all there are. */
export const pagesAtOnce = 10;

export function pictureKey(picturesId: string, page: number): string {
  return `pictures/${picturesId}/${page}.png`;
}

/** The keys of all pictures that are drawn together. */
export function pictureKeys(picturesId: string, firstPage: number): string[] {
  return Array.from({ length: pagesAtOnce }, (_, index) => pictureKey(picturesId, firstPage + index));
}

/** As it is stored. */
export async function sealPicture(
  cipher: Cipher,
  key: string,
  png: Uint8Array<ArrayBuffer>,
): Promise<StoredFile> {
  return { key, content: await cipher.encryptBytes(png, key) };
}

/** Null where there is none. Throws as `Storage.get` does, and where it does not decrypt. */
export async function readPicture(
  { storage, cipher }: { storage: Storage; cipher: Cipher },
  key: string,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const sealed = await storage.get(key, signal);
  return sealed && (await cipher.decryptBytes(sealed, key));
}
