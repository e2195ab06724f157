import { SftpUnavailable } from "./sftp.ts";

type Answer<T> = (error: Error | null | undefined, value: T) => void;

/** The questions that wait for one server's answers. */
export interface Line {
  /** Asks what `send` sends. `what` completes "Cannot …". Throws `SftpUnavailable`, with the status the server gave. */
  ask<T>(what: string, send: (answer: Answer<T>) => void): Promise<T>;
  /** Ends the line, once: all that waits, and all that is asked later, fails for this reason. */
  fail(reason: string): void;
  /** Calls back when the line ends; at once where it has. Returns what takes that back. */
  onEnd(listener: () => void): () => void;
}

/** What a server answers to a question it will not fulfil (SFTP v3, section 7). */
export class SftpRefused extends SftpUnavailable {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** `timeoutMs` may pass without any answer while some are awaited: a long file takes as long as it takes. */
export function createLine(timeoutMs: number): Line {
  const waiting = new Set<(error: Error) => void>();
  const listeners = new Set<() => void>();
  let ended: string | null = null;
  let patience: NodeJS.Timeout | null = null;

  function watch() {
    if (waiting.size === 0) {
      if (patience) clearTimeout(patience);
      patience = null;
    } else if (patience) patience.refresh();
    else patience = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
  }

  function fail(reason: string) {
    if (ended !== null) return;
    ended = reason;
    for (const reject of [...waiting]) reject(new Error(reason));
    for (const listener of [...listeners]) listener();
  }

  return {
    ask: <T>(what: string, send: (answer: Answer<T>) => void) =>
      new Promise<T>((resolve, reject) => {
        const end = (error: unknown) => {
          waiting.delete(end);
          watch();
          reject(failure(what, error));
        };
        if (ended !== null) return end(new Error(ended));
        waiting.add(end);
        if (waiting.size === 1) watch();
        try {
          send((error, value) => {
            // The line ended first.
            if (!waiting.has(end)) return;
            if (error) return end(error);
            waiting.delete(end);
            watch();
            resolve(value);
          });
        } catch (error) {
          end(error);
        }
      }),
    fail,
    onEnd(listener) {
      if (ended === null) listeners.add(listener);
      else listener();
      return () => void listeners.delete(listener);
    },
  };
}

const longestReason = 200;

/** Words of the server's are cut, and made fit for one line of a log. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ").slice(0, longestReason);
}

function failure(what: string, error: unknown): SftpUnavailable {
  const message = `Cannot ${what}: ${reasonOf(error)}`;
  const { code } = { code: null, ...Object(error) };
  return typeof code === "number" ? new SftpRefused(message, code) : new SftpUnavailable(message);
}
