import type { ReaderLimits } from "../pdfium/reader.ts";
import { openReaders } from "../pdfium/readers.ts";
import { type DrawAnswer, type DrawRequest, parseDrawMessage } from "./messages.ts";

/** Draws pages of letters, each file where it can do no harm. */
export interface Drawer {
  /**
   * A file that takes too long, takes too much memory, or kills its reader twice, is `unreadable` like any other that
   * cannot be drawn; the reason says which. Throws where no process can be started, or on `signal`.
   */
  draw(request: Omit<DrawRequest, "id">, signal: AbortSignal): Promise<DrawAnswer>;
  /** Ends the processes. */
  close(): Promise<void>;
}

/** Ten pages take a second, and who waits for them waits no longer than ten. */
const ordinaryLimits: ReaderLimits = { timeMs: 15_000, memoryBytes: 400 * 1024 * 1024 };

export function openDrawer(limits: ReaderLimits = ordinaryLimits): Drawer {
  const script = new URL("draw-process.ts", import.meta.url);
  const readers = openReaders<Omit<DrawRequest, "id">, DrawAnswer>({
    script,
    limits,
    parse: parseDrawMessage,
  });
  return {
    async draw(request, signal) {
      const result = await readers.read(request, signal);
      if (result.outcome !== "unanswered") return result;
      return { outcome: "undrawable", fault: "unreadable", reason: result.reason };
    },
    close: () => readers.close(),
  };
}
