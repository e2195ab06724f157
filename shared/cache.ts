export interface CacheOptions {
  /** How old an answer may be. */
  ttlMs: number;
  /** Answers kept; the oldest goes first. */
  largest: number;
}

/**
 * Remembers what `load` answered, nulls too, for a short time; those who ask for the same while it is loading share
 * one load. A failed load is not remembered.
 */
export function createCache<T>(
  load: (key: string) => Promise<T>,
  { ttlMs, largest }: CacheOptions,
): (key: string) => Promise<T> {
  const entries = new Map<string, { until: number; value: Promise<T> }>();

  return (key) => {
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
}
