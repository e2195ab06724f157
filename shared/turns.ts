import { Busy } from "./group.ts";

export interface TurnsOptions {
  /** Pieces of work at a time. */
  atOnce: number;
  /** Pieces that may wait; one more is refused with `Busy`. */
  waiting: number;
}

/** Does so many pieces of work at once, and the others in the order they came. */
export function inTurns({ atOnce, waiting }: TurnsOptions): <T>(work: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running >= atOnce) {
      if (queue.length >= waiting) throw new Busy(`Cannot take more: ${queue.length} are waiting`);
      // Whoever ends gives its place on, so that nobody who comes between takes it.
      await new Promise<void>((resolve) => queue.push(resolve));
    } else {
      running++;
    }
    try {
      return await work();
    } finally {
      const next = queue.shift();
      if (next) next();
      else running--;
    }
  };
}
