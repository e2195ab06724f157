import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type Answer, parseMessage, type ReaderMessage } from "./process-messages.ts";

export interface ReaderLimits {
  /** For one file. */
  timeMs: number;
  /** Of the whole process, where the system tells (`/proc`); elsewhere time alone ends it. */
  memoryBytes: number;
}

export type ReadResult =
  | Answer
  /** It was ended for going past a limit. */
  | { outcome: "stopped"; reason: string }
  /** It ended by itself. */
  | { outcome: "died" };

/** A process that reads one PDF at a time (`prepare-process.ts`). */
export interface Reader {
  /** Throws on `signal`; after that, as after anything but an answer, the process is gone. */
  read(
    request: { pdf: Uint8Array<ArrayBuffer>; allowsInternational: boolean },
    signal: AbortSignal,
  ): Promise<ReadResult>;
  isAlive(): boolean;
  end(): Promise<void>;
}

const memoryEveryMs = 50;

export function startReader({ timeMs, memoryBytes }: ReaderLimits): Reader {
  let onMessage: (message: ReaderMessage | null) => void = () => {};
  const started = Promise.withResolvers<void>();
  const child = Bun.spawn([process.execPath, fileURLToPath(new URL("prepare-process.ts", import.meta.url))], {
    // Nothing of ours is to be found in it.
    env: {},
    stdio: ["ignore", "ignore", "ignore"],
    serialization: "advanced",
    ipc: (message) => onMessage(parseMessage(message)),
  });
  // A worker that has nothing else to do may end.
  child.unref();
  let requests = 0;
  const kill = () => child.kill("SIGKILL");
  const isAlive = () => !child.killed && child.exitCode === null && child.signalCode === null;
  const ready = () => {
    onMessage = (message) => {
      if (message?.outcome === "ready") started.resolve();
    };
    return Promise.race([started.promise, child.exited.then(() => Promise.reject(neverStarted()))]);
  };
  const isReady = ready();
  // Whoever asks for something is told.
  isReady.catch(() => {});

  return {
    async read({ pdf, allowsInternational }, signal) {
      const ended = Promise.withResolvers<ReadResult>();
      const stop = (reason: string) => {
        ended.resolve({ outcome: "stopped", reason });
        kill();
      };
      const abort = () => {
        ended.reject(signal.reason);
        kill();
      };
      signal.addEventListener("abort", abort);
      const timer = setTimeout(() => stop(`It took longer than ${timeMs} ms`), timeMs);
      const watch = setInterval(async () => {
        const bytes = await residentBytes(child.pid);
        if (bytes > memoryBytes) stop(`It took more than ${Math.round(memoryBytes / 1024 / 1024)} MB`);
      }, memoryEveryMs);
      try {
        await Promise.race([isReady, ended.promise]);
        requests += 1;
        const id = requests;
        onMessage = (message) => {
          if (message?.id === id && message.outcome !== "ready") ended.resolve(message);
          // It says what it never should: whatever it is now, it is no reader.
          else kill();
        };
        void child.exited.then(() => ended.resolve({ outcome: "died" }));
        if (isAlive()) child.send({ id, pdf, allowsInternational });
        return await ended.promise;
      } finally {
        clearTimeout(timer);
        clearInterval(watch);
        signal.removeEventListener("abort", abort);
      }
    },
    isAlive,
    async end() {
      kill();
      await child.exited;
    },
  };
}

function neverStarted(): Error {
  return new Error("Cannot read a letter: its process does not start");
}

/** 0 where the system does not tell. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}
