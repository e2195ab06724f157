import { type PostalAddress, parsePostalAddress } from "../../../shared/recipient/postal-address.ts";
import type { Answer } from "./process-messages.ts";
import { type Reader, type ReaderLimits, startReader } from "./reader.ts";

export type PreparedLetter =
  | (Omit<Extract<Answer, { outcome: "valid" }>, "address"> & { address: PostalAddress })
  | Extract<Answer, { outcome: "refused" }>;

/** Checks precompiled letters and makes what is printed of them (`prepare.ts`), each where it can do no harm. */
export interface Preparer {
  /**
   * A file that takes too long, takes too much memory, or kills its reader twice, is `unable-to-read-the-file` like
   * any other that cannot be read; the reason says which. Throws where no process can be started, or on `signal`.
   */
  prepare(
    pdf: Uint8Array<ArrayBuffer>,
    permissions: { allowsInternational: boolean },
    signal: AbortSignal,
  ): Promise<PreparedLetter>;
  /** Ends the processes. */
  close(): Promise<void>;
}

/** A letter of ten full pages takes seconds: past these something is wrong with it. */
export const ordinaryLimits: ReaderLimits = { timeMs: 60_000, memoryBytes: 600 * 1024 * 1024 };
/** A process that had nothing to do for so long is ended: it holds memory. */
const idleMs = 60_000;

/** Starts processes as they are needed: one for each letter at once, used again for the next. */
export function openPreparer(limits: ReaderLimits = ordinaryLimits): Preparer {
  const idle = new Map<Reader, ReturnType<typeof setTimeout>>();
  const busy = new Set<Reader>();

  async function read(pdf: Uint8Array<ArrayBuffer>, allowsInternational: boolean, signal: AbortSignal) {
    const reader = takeIdle() ?? startReader(limits);
    busy.add(reader);
    try {
      return await reader.read({ pdf, allowsInternational }, signal);
    } finally {
      busy.delete(reader);
      if (reader.isAlive()) rest(reader);
    }
  }

  function takeIdle(): Reader | null {
    for (const [reader, timer] of idle) {
      clearTimeout(timer);
      idle.delete(reader);
      if (reader.isAlive()) return reader;
    }
    return null;
  }

  function rest(reader: Reader): void {
    const timer = setTimeout(() => {
      idle.delete(reader);
      void reader.end();
    }, idleMs);
    timer.unref();
    idle.set(reader, timer);
  }

  return {
    async prepare(pdf, { allowsInternational }, signal) {
      signal.throwIfAborted();
      let result = await read(pdf, allowsInternational, signal);
      // The machine may have ended it for reasons of its own.
      if (result.outcome === "died") result = await read(pdf, allowsInternational, signal);
      if (result.outcome === "died") return unreadable("Its reader died of it, twice");
      if (result.outcome === "stopped") return unreadable(result.reason);
      return result.outcome === "valid" ? { ...result, address: parsePostalAddress(result.address) } : result;
    },
    async close() {
      for (const timer of idle.values()) clearTimeout(timer);
      const readers = [...idle.keys(), ...busy];
      idle.clear();
      await Promise.all(readers.map((reader) => reader.end()));
    },
  };
}

function unreadable(reason: string): PreparedLetter {
  return { outcome: "refused", code: "unable-to-read-the-file", pages: [], pageCount: null, reason };
}
