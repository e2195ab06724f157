import { type PostalAddress, parsePostalAddress } from "../../../shared/recipient/postal-address.ts";
import type { ReaderLimits } from "../pdfium/reader.ts";
import { openReaders } from "../pdfium/readers.ts";
import { type Answer, type PrepareRequest, parseMessage } from "./process-messages.ts";

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

export function openPreparer(limits: ReaderLimits = ordinaryLimits): Preparer {
  const script = new URL("prepare-process.ts", import.meta.url);
  const readers = openReaders<PrepareRequest, Answer>({ script, limits, parse: parseMessage });
  return {
    async prepare(pdf, { allowsInternational }, signal) {
      const result = await readers.read({ pdf, allowsInternational }, signal);
      if (result.outcome === "unanswered") return unreadable(result.reason);
      return result.outcome === "valid" ? { ...result, address: parsePostalAddress(result.address) } : result;
    },
    close: () => readers.close(),
  };
}

function unreadable(reason: string): PreparedLetter {
  return { outcome: "refused", code: "unable-to-read-the-file", pages: [], pageCount: null, reason };
}
