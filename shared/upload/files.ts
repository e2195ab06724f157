import type { Cipher } from "../encryption.ts";
import { letterKey, sealLetter } from "../letter/files.ts";
import type { Storage } from "../storage/storage.ts";

/** Where the API puts PDFs that people upload: under the letter's own key, so that sending one moves nothing. */
export interface LetterFiles {
  store(id: string, pdf: Uint8Array<ArrayBuffer>): Promise<void>;
  remove(id: string): Promise<void>;
}

export function createLetterFiles({ storage, cipher }: { storage: Storage; cipher: Cipher }): LetterFiles {
  return {
    store: async (id, pdf) => storage.put([await sealLetter(cipher, id, "original", pdf)]),
    remove: (id) => storage.delete([letterKey(id, "original")]),
  };
}
