import { type Reader, type ReaderProgram, startReader } from "./reader.ts";

/** Processes of one program, started as they are needed: one for each file at once, used again for the next. */
export interface Readers<Request extends object, Answer> {
  /**
   * What the program answers, or why it gave none: the file takes too long, takes too much memory, or killed its reader
   * twice. Throws where no process can be started, or on `signal`.
   */
  read(request: Request, signal: AbortSignal): Promise<Answer | Unanswered>;
  /** Ends the processes. */
  close(): Promise<void>;
}

export interface Unanswered {
  outcome: "unanswered";
  reason: string;
}

/** A process that had nothing to do for so long is ended: it holds memory. */
const idleMs = 60_000;

export function openReaders<Request extends object, Answer>(
  program: ReaderProgram<Answer>,
): Readers<Request, Answer> {
  const idle = new Map<Reader<Request, Answer>, ReturnType<typeof setTimeout>>();
  const busy = new Set<Reader<Request, Answer>>();

  async function readOnce(request: Request, signal: AbortSignal) {
    const reader = takeIdle() ?? startReader<Request, Answer>(program);
    busy.add(reader);
    try {
      return await reader.read(request, signal);
    } finally {
      busy.delete(reader);
      if (reader.isAlive()) rest(reader);
    }
  }

  function takeIdle(): Reader<Request, Answer> | null {
    for (const [reader, timer] of idle) {
      clearTimeout(timer);
      idle.delete(reader);
      if (reader.isAlive()) return reader;
    }
    return null;
  }

  function rest(reader: Reader<Request, Answer>): void {
    const timer = setTimeout(() => {
      idle.delete(reader);
      void reader.end();
    }, idleMs);
    timer.unref();
    idle.set(reader, timer);
  }

  return {
    async read(request, signal) {
      signal.throwIfAborted();
      let result = await readOnce(request, signal);
      // The machine may have ended it for reasons of its own.
      if (result.outcome === "died") result = await readOnce(request, signal);
      if (result.outcome === "answered") return result.answer;
      const reason = result.outcome === "died" ? "Its reader died of it, twice" : result.reason;
      return { outcome: "unanswered", reason };
    },
    async close() {
      for (const timer of idle.values()) clearTimeout(timer);
      const readers = [...idle.keys(), ...busy];
      idle.clear();
      await Promise.all(readers.map((reader) => reader.end()));
    },
  };
}
