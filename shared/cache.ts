export interface CacheOptions {
  /** How old an answer may be. */
  ttlMs: number;
  /** Answers kept; the oldest goes first. */
  largest: number;
}

/** Answers from what is remembered. */
export interface Lookup<T> {
  (key: string): Promise<T>;
  /** The next who asks for it is answered anew. */
  forget(key: string): void;
}

/** Puts a cache before what loads answers. */
export type Cached<T> = (load: (key: string) => Promise<T>) => Lookup<T>;

/**
 * Remembers what `load` answered, nulls too, for a short time; those who ask for the same while it is loading share
 * one load. A failed load is not remembered.
 */
export function createCache<T>(
  load: (key: string) => Promise<T>,
  { ttlMs, largest }: CacheOptions,
): Lookup<T> {
  const entries = new Map<string, { until: number; value: Promise<T> }>();

  const find = (key: string) => {
    const now = performance.now();
    const known = entries.get(key);
    if (known && known.until > now) return known.value;
    const value = load(key);
    const entry = { until: now + ttlMs, value };
    // Last in the order of insertion, so that the first is the oldest.
    entries.delete(key);
    entries.set(key, entry);
    if (entries.size > largest) {
      const [oldest] = entries.keys();
      if (oldest !== undefined) entries.delete(oldest);
    }
    value.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return value;
  };
  return Object.assign(find, { forget: (key: string) => void entries.delete(key) });
}

/**
 * The same for runtimes on which a promise belongs to the request that made it (workerd): loads of many requests
 * share their answers, but nobody waits for another's load.
 */
export function createValueCache<T>({ ttlMs, largest }: CacheOptions): Cached<T> {
  const entries = new Map<string, { until: number; value: T }>();

  return (load) => {
    const find = async (key: string) => {
      const known = entries.get(key);
      if (known && known.until > performance.now()) return known.value;
      // From before it was asked for, so that nothing is kept longer than it is fresh.
      const until = performance.now() + ttlMs;
      const value = await load(key);
      entries.delete(key);
      entries.set(key, { until, value });
      if (entries.size > largest) {
        const [oldest] = entries.keys();
        if (oldest !== undefined) entries.delete(oldest);
      }
      return value;
    };
    return Object.assign(find, { forget: (key: string) => void entries.delete(key) });
  };
}
