export interface GroupOptions<Item> {
  /** Items in one write at most. */
  largest: number;
  /** Items that may wait; one more is refused with `Busy`. */
  waiting: number;
  /** Where items can be large: what bounds the memory of one write, and of all that waits. */
  weight?: Weight<Item>;
  /** How long one write may take. An item waits for at most one write before its own. */
  timeoutMs: number;
  /** True for an error that one item can cause: the others are then written without it. */
  isItemsFault: (error: unknown) => boolean;
  /** Told of each write that was done: how many it held, and what it took. */
  measured?: ((size: number, seconds: number) => void) | undefined;
}

export interface Weight<Item> {
  /** Characters, say; each item is weighed once. */
  of: (item: Item) => number;
  /** In one write at most, unless one item alone is heavier. */
  heaviest: number;
  /** That may wait; more is refused with `Busy`. */
  waiting: number;
}

/** Too much waits already, or the write took too long: come back later. What timed out may have been written. */
export class Busy extends Error {}

interface Waiting<Item, Result> {
  item: Item;
  weight: number;
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
  { largest, waiting, weight, timeoutMs, isItemsFault, measured }: GroupOptions<Item>,
): (item: Item) => Promise<Result> {
  let queue: Waiting<Item, Result>[] = [];
  let waitingWeight = 0;
  let writing = false;

  async function drain(): Promise<void> {
    writing = true;
    // Requests that are parsed in this turn of the event loop join the first group.
    await Promise.resolve();
    while (queue.length > 0) {
      const size = nextSize();
      const group = queue.length <= size ? queue : queue.slice(0, size);
      queue = queue.length <= size ? [] : queue.slice(size);
      waitingWeight -= weightOf(group);
      await settle(group);
    }
    writing = false;
  }

  /** How many of those that wait the next write takes. */
  function nextSize(): number {
    if (!weight || waitingWeight <= weight.heaviest) return largest;
    let carried = queue[0]?.weight ?? 0;
    let size = 1;
    for (; size < Math.min(largest, queue.length); size++) {
      carried += queue[size]?.weight ?? 0;
      if (carried > weight.heaviest) break;
    }
    return size;
  }

  async function settle(group: readonly Waiting<Item, Result>[]): Promise<void> {
    const startedAt = performance.now();
    try {
      const results = await inTime(write(group.map(({ item }) => item)), timeoutMs);
      if (results.length !== group.length) {
        throw new Error(`Cannot match results to items: ${results.length} for ${group.length}`);
      }
      results.forEach((result, at) => {
        group[at]?.resolve(result);
      });
      measured?.(group.length, (performance.now() - startedAt) / 1000);
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
    waitingWeight -= weightOf(old);
    for (const { reject } of old) reject(error);
  }

  return (item) =>
    new Promise((resolve, reject) => {
      const itemWeight = weight?.of(item) ?? 0;
      if (queue.length >= waiting || (weight && waitingWeight + itemWeight > weight.waiting)) {
        reject(new Busy(`Cannot take more: ${queue.length} are waiting`));
        return;
      }
      waitingWeight += itemWeight;
      queue.push({ item, weight: itemWeight, since: performance.now(), resolve, reject });
      if (!writing) void drain();
    });
}

function weightOf(items: readonly { weight: number }[]): number {
  return items.reduce((sum, { weight }) => sum + weight, 0);
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
