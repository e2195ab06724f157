export interface GroupOptions {
  /** Items in one write at most. */
  largest: number;
  /** Items that may wait; one more is refused with `Busy`. */
  waiting: number;
  /** How long one write may take. An item waits for at most one write before its own. */
  timeoutMs: number;
  /** True for an error that one item can cause: the others are then written without it. */
  isItemsFault: (error: unknown) => boolean;
}

/** Too much waits already, or the write took too long: come back later. What timed out may have been written. */
export class Busy extends Error {}

interface Waiting<Item, Result> {
  item: Item;
  since: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Writes one item with all that came in while the write before it was under way: an idle system writes at once,
 * a busy one in groups as large as its load. `write` answers in the order it was given.
 */
export function inGroups<Item, Result>(
  write: (items: readonly Item[]) => Promise<readonly Result[]>,
  { largest, waiting, timeoutMs, isItemsFault }: GroupOptions,
): (item: Item) => Promise<Result> {
  let queue: Waiting<Item, Result>[] = [];
  let writing = false;

  async function drain(): Promise<void> {
    writing = true;
    // Requests that are parsed in this turn of the event loop join the first group.
    await Promise.resolve();
    while (queue.length > 0) {
      const group = queue.length <= largest ? queue : queue.slice(0, largest);
      queue = queue.length <= largest ? [] : queue.slice(largest);
      await settle(group);
    }
    writing = false;
  }

  async function settle(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await inTime(write(group.map(({ item }) => item)), timeoutMs);
      if (results.length !== group.length) {
        throw new Error(`Cannot match results to items: ${results.length} for ${group.length}`);
      }
      results.forEach((result, at) => {
        group[at]?.resolve(result);
      });
    } catch (error) {
      if (group.length > 1 && isItemsFault(error)) {
        const half = group.length >> 1;
        await settle(group.slice(0, half));
        await settle(group.slice(half));
        return;
      }
      for (const { reject } of group) reject(error);
      if (error instanceof Busy) refuseOld(error);
    }
  }

  /** After a write that hung, the next may hang too: what has waited for as long already is not kept for it. */
  function refuseOld(error: Busy): void {
    const oldest = performance.now() - timeoutMs / 2;
    const old = queue.filter(({ since }) => since < oldest);
    queue = queue.filter(({ since }) => since >= oldest);
    for (const { reject } of old) reject(error);
  }

  return (item) =>
    new Promise((resolve, reject) => {
      if (queue.length >= waiting) {
        reject(new Busy(`Cannot take more: ${waiting} are waiting`));
        return;
      }
      queue.push({ item, since: performance.now(), resolve, reject });
      if (!writing) void drain();
    });
}

/** The answer to a statement, or `Busy` when none came in time: a server that hangs cannot say so itself. */
export function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Busy(`No answer of the database in ${timeoutMs} ms`)),
      timeoutMs,
    );
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
