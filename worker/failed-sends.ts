import type { Log } from "../shared/log.ts";

/** Counts the sends that failed, to be written at most once in a while, however many there are. */
export interface FailedSends {
  /** Costs nothing but memory for a number a provider. */
  add(provider: string): void;
  /** Resolves when all that was added has been written. */
  flush(): Promise<void>;
}

/** How long failed sends are gathered: a statement a second at most, and none where nothing fails. */
const everyMs = 1000;

/**
 * Only the providers of `counted` are. What cannot be written is lost: it says little about providers when the
 * database fails, and is of no use a minute later.
 */
export function createFailedSends({
  counted,
  write,
  log,
}: {
  counted: ReadonlySet<string>;
  write: (counts: ReadonlyMap<string, number>) => Promise<void>;
  log: Log;
}): FailedSends {
  let counts = new Map<string, number>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let writing: Promise<void> | null = null;

  function writeOnce(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const taken = counts;
    counts = new Map();
    writing = write(taken)
      .catch((error) => log.warn({ err: error }, "Cannot count failed sends"))
      .finally(() => {
        writing = null;
        arm();
      });
    return writing;
  }

  /** A database that hangs is not asked twice at the same time. */
  function arm(): void {
    if (counts.size > 0 && !timer && !writing) timer = setTimeout(() => void writeOnce(), everyMs);
  }

  return {
    add(provider) {
      if (!counted.has(provider)) return;
      counts.set(provider, (counts.get(provider) ?? 0) + 1);
      arm();
    },
    async flush() {
      while (writing || counts.size > 0) await (writing ?? writeOnce());
    },
  };
}
