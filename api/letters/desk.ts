import { inTime } from "../../shared/group.ts";
import { type Cancelled, cancelLetter } from "../../shared/letter/cancel-queries.ts";
import { type LetterPdf, readLetter, sealLetter } from "../../shared/letter/files.ts";
import type { LetterPreview, Picture } from "../../shared/letter/picture.ts";
import { letterPicture, type PictureDeps, previewPicture } from "../../shared/letter/pictures.ts";
import { precompiledTemplate, type TemplateVersion } from "../../shared/letter/precompiled-template.ts";
import type { StoredFile } from "../../shared/storage/storage.ts";

/** What letters need beyond what all notifications have. */
export interface LetterDesk {
  /** Whether letters that services made themselves are looked at for viruses, or need not be. */
  takesPrecompiled: boolean;
  /** The hidden template under which a service's own letters are kept. */
  precompiledTemplate(serviceId: string): Promise<TemplateVersion>;
  /** A service's own PDF as it is stored. */
  seal(notificationId: string, pdf: Uint8Array<ArrayBuffer>): Promise<StoredFile>;
  /** Null where there is none. */
  readPdf(notificationId: string, which: LetterPdf): Promise<Uint8Array<ArrayBuffer> | null>;
  /** A page of a letter as a picture; `withFaults`: with what is wrong with it in red. */
  picture(
    asked: { serviceId: string; notificationId: string; page: number; withFaults: boolean },
    signal: AbortSignal,
  ): Promise<Picture>;
  /** The same of a letter that nobody sent. */
  previewPicture(
    asked: { serviceId: string; preview: LetterPreview; page: number },
    signal: AbortSignal,
  ): Promise<Picture>;
  cancel(letter: { serviceId: string; id: string; at: Date }): Promise<Cancelled>;
}

interface DeskParts extends Pick<LetterDesk, "takesPrecompiled">, PictureDeps {}

export function createLetterDesk({ takesPrecompiled, ...parts }: DeskParts): LetterDesk {
  const { sql, cipher, storage, timeoutMs } = parts;
  return {
    takesPrecompiled,
    precompiledTemplate: (serviceId) => inTime(precompiledTemplate(sql, serviceId), timeoutMs),
    seal: (id, pdf) => sealLetter(cipher, id, "original", pdf),
    readPdf: (id, which) => readLetter({ storage, cipher }, id, which),
    picture: (asked, signal) => letterPicture(parts, asked, signal),
    previewPicture: (asked, signal) => previewPicture(parts, asked, signal),
    cancel: (letter) => inTime(cancelLetter(sql, letter), timeoutMs),
  };
}
