/**
 * Where files are kept, under keys of ours: words of letters, digits, `-`, `_` and `.`, parted by `/`.
 *
 * Each function has a time limit of its own and throws when the files cannot be reached: `StorageUnavailable`, or what
 * the database throws. `signal` ends it earlier.
 */
export interface Storage {
  /** Stores each file, in place of one of that key. After a throw some may be there. */
  put(files: readonly StoredFile[], signal?: AbortSignal): Promise<void>;
  /** Null where there is no such file. */
  get(key: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null>;
  /** By key, without those that are not there; all in memory at once, so it is for the caller to ask for few enough. */
  getMany(keys: readonly string[], signal?: AbortSignal): Promise<Map<string, Uint8Array<ArrayBuffer>>>;
  /** Those that are not there count as deleted. */
  delete(keys: readonly string[], signal?: AbortSignal): Promise<void>;
}

export interface StoredFile {
  key: string;
  content: Uint8Array<ArrayBuffer>;
}

/** The storage cannot be reached, refuses us, or answered what it should not: the same may work later. */
export class StorageUnavailable extends Error {}
