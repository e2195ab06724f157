import type { Cipher } from "../encryption.ts";
import type { Storage, StoredFile } from "../storage/storage.ts";

/* A batch's file, encrypted: CSV in UTF-8, whatever it was uploaded as. */

export function batchKey(serviceId: string, batchId: string): string {
  return `batches/${serviceId}/${batchId}.csv`;
}

/** As it is stored. */
export async function sealBatch(
  cipher: Cipher,
  { serviceId, id }: { serviceId: string; id: string },
  csv: string,
): Promise<StoredFile> {
  const key = batchKey(serviceId, id);
  return { key, content: await cipher.encryptBytes(new TextEncoder().encode(csv), key) };
}

/** The CSV; null where there is none. Throws as `Storage.get` does, and where it does not decrypt. */
export async function readBatch(
  { storage, cipher }: { storage: Storage; cipher: Cipher },
  { serviceId, id }: { serviceId: string; id: string },
  signal?: AbortSignal,
): Promise<string | null> {
  const key = batchKey(serviceId, id);
  const sealed = await storage.get(key, signal);
  return sealed && new TextDecoder().decode(await cipher.decryptBytes(sealed, key));
}

/** Where the API puts what is uploaded. */
export interface BatchFiles {
  store(batch: { serviceId: string; id: string }, csv: string): Promise<void>;
  /** The CSV; null where there is none. */
  read(batch: { serviceId: string; id: string }): Promise<string | null>;
  remove(batch: { serviceId: string; id: string }): Promise<void>;
}

export function createBatchFiles({ storage, cipher }: { storage: Storage; cipher: Cipher }): BatchFiles {
  return {
    store: async (batch, csv) => storage.put([await sealBatch(cipher, batch, csv)]),
    read: (batch) => readBatch({ storage, cipher }, batch),
    remove: ({ serviceId, id }) => storage.delete([batchKey(serviceId, id)]),
  };
}
