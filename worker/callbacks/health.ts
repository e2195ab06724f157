import type { Results } from "../../shared/callback/health.ts";
import type { Log } from "../../shared/log.ts";

/** Gathers what calling each receiver came to, to be written at most once in a while, however many calls there are. */
export interface CallbackHealth {
  /** Costs nothing but memory for two numbers a callback. */
  add(callbackId: string, outcome: "answered" | "failed"): void;
  /** Resolves when all that was added has been written. */
  flush(): Promise<void>;
}

/** A statement a second at most, and none where nobody is called. */
const everyMs = 1000;

/** What cannot be written is lost: when the database fails, nobody is called for long. */
export function createCallbackHealth({
  write,
  log,
}: {
  write: (results: readonly Results[]) => Promise<void>;
  log: Log;
}): CallbackHealth {
  let gathered = new Map<string, Results>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> | null = null;

  function writeOnce(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const taken = gathered;
    gathered = new Map();
    writing = write([...taken.values()])
      .catch((error) => log.warn({ err: error }, "Cannot note how receivers of callbacks do"))
      .finally(() => {
        writing = null;
        arm();
      });
    return writing;
  }

  /** A database that hangs is not asked twice at the same time. */
  function arm(): void {
    if (gathered.size > 0 && !timer && !writing) timer = setTimeout(() => void writeOnce(), everyMs);
  }

  return {
    add(callbackId, outcome) {
      const results = gathered.get(callbackId) ?? { callbackId, attempts: 0, failures: 0 };
      results.attempts++;
      if (outcome === "failed") results.failures++;
      gathered.set(callbackId, results);
      arm();
    },
    async flush() {
      while (writing || gathered.size > 0) await (writing ?? writeOnce());
    },
  };
}
