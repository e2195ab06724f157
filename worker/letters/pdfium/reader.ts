import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export interface ReaderLimits {
  /** For one file. */
  timeMs: number;
  /** Of the whole process, where the system tells (`/proc`); elsewhere time alone ends it. */
  memoryBytes: number;
}

/** A program that reads one PDF at a time, in a process that can be lost. */
export interface ReaderProgram<Answer> {
  /** Says that it is ready, with the id 0, and then answers each request by the request's id. */
  script: URL;
  limits: ReaderLimits;
  /** What it said; null where it is nothing that it says. */
  parse(message: unknown): ReaderMessage<Answer> | null;
}

export interface ReaderMessage<Answer> {
  id: number;
  said: "ready" | Answer;
}

export type ReadResult<Answer> =
  | { outcome: "answered"; answer: Answer }
  /** It was ended for going past a limit. */
  | { outcome: "stopped"; reason: string }
  /** It ended by itself. */
  | { outcome: "died" };

export interface Reader<Request extends object, Answer> {
  /** Throws on `signal`; after that, as after anything but an answer, the process is gone. */
  read(request: Request, signal: AbortSignal): Promise<ReadResult<Answer>>;
  isAlive(): boolean;
  end(): Promise<void>;
}

const memoryEveryMs = 50;

export function startReader<Request extends object, Answer>({
  script,
  limits: { timeMs, memoryBytes },
  parse,
}: ReaderProgram<Answer>): Reader<Request, Answer> {
  let onMessage: (message: ReaderMessage<Answer> | null) => void = () => {};
  const started = Promise.withResolvers<void>();
  const child = Bun.spawn([process.execPath, fileURLToPath(script)], {
    // Nothing of ours is to be found in it.
    env: {},
    stdio: ["ignore", "ignore", "ignore"],
    serialization: "advanced",
    ipc: (message) => onMessage(parse(message)),
  });
  // A worker that has nothing else to do may end.
  child.unref();
  let requests = 0;
  const kill = () => child.kill("SIGKILL");
  const isAlive = () => !child.killed && child.exitCode === null && child.signalCode === null;
  const ready = () => {
    onMessage = (message) => {
      if (message?.said === "ready") started.resolve();
    };
    return Promise.race([started.promise, child.exited.then(() => Promise.reject(neverStarted()))]);
  };
  const isReady = ready();
  // Whoever asks for something is told.
  isReady.catch(() => {});

  return {
    async read(request, signal) {
      const ended = Promise.withResolvers<ReadResult<Answer>>();
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
          if (message?.id === id && message.said !== "ready") {
            ended.resolve({ outcome: "answered", answer: message.said });
            // It says what it never should: whatever it is now, it is no reader.
          } else kill();
        };
        void child.exited.then(() => ended.resolve({ outcome: "died" }));
        if (isAlive()) child.send({ ...request, id });
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
