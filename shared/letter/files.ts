import type { Cipher } from "../encryption.ts";
import type { Storage, StoredFile } from "../storage/storage.ts";

/*
 * A letter's PDFs, encrypted, under keys made from its notification's id: `original` is what a service sent as a
 * precompiled letter, `letter` is what was rendered or made fit to print.
 */

export type LetterPdf = "original" | "letter";

export function letterKey(notificationId: string, which: LetterPdf): string {
  return `letters/${notificationId}/${which}.pdf`;
}

/** As it is stored. */
export async function sealLetter(
  cipher: Cipher,
  notificationId: string,
  which: LetterPdf,
  pdf: Uint8Array<ArrayBuffer>,
): Promise<StoredFile> {
  const key = letterKey(notificationId, which);
  return { key, content: await cipher.encryptBytes(pdf, key) };
}

/** Null where there is none. Throws as `Storage.get` does, and where it does not decrypt. */
export async function readLetter(
  { storage, cipher }: { storage: Storage; cipher: Cipher },
  notificationId: string,
  which: LetterPdf,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const key = letterKey(notificationId, which);
  const sealed = await storage.get(key, signal);
  return sealed && (await cipher.decryptBytes(sealed, key));
}
