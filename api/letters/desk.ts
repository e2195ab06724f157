import type { Pool } from "../../shared/database.ts";
import type { Cipher } from "../../shared/encryption.ts";
import { inTime } from "../../shared/group.ts";
import { type Cancelled, cancelLetter } from "../../shared/letter/cancel-queries.ts";
import { type LetterPdf, readLetter, sealLetter } from "../../shared/letter/files.ts";
import { precompiledTemplate, type TemplateVersion } from "../../shared/letter/precompiled-template.ts";
import type { Storage, StoredFile } from "../../shared/storage/storage.ts";

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
  cancel(letter: { serviceId: string; id: string; at: Date }): Promise<Cancelled>;
}

interface DeskParts extends Pick<LetterDesk, "takesPrecompiled"> {
  sql: Pool;
  cipher: Cipher;
  storage: Storage;
  timeoutMs: number;
}

export function createLetterDesk({ sql, cipher, storage, timeoutMs, ...rest }: DeskParts): LetterDesk {
  return {
    ...rest,
    precompiledTemplate: (serviceId) => inTime(precompiledTemplate(sql, serviceId), timeoutMs),
    seal: (id, pdf) => sealLetter(cipher, id, "original", pdf),
    readPdf: (id, which) => readLetter({ storage, cipher }, id, which),
    cancel: (letter) => inTime(cancelLetter(sql, letter), timeoutMs),
  };
}
