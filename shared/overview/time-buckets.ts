/**
 * Where the kinds of time from accept to provider begin, in seconds; kind 0 is what is below the first. What was counted
 * is kept by these numbers: to change one is to misread the month before.
 */
export const bounds: readonly number[] = [
  ...[0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75],
  ...[1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30],
  ...[60, 120, 300, 600, 1800, 3600, 7200, 14_400, 43_200, 86_400, 259_200],
];

/** As many as there are kinds. */
export const bucketCount = bounds.length + 1;

/**
 * The time in seconds that a share of those counted did not exceed, as exact as its kind is narrow: they are taken to
 * lie evenly in it. Null where none was counted.
 */
export function quantile(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const wanted = total * share;
  let below = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && below + count >= wanted) {
      const low = bounds[bucket - 1] ?? 0;
      // Of what is longer than the last only that is known.
      const high = bounds[bucket] ?? low;
      return low + ((high - low) * (wanted - below)) / count;
    }
    below += count;
  }
  return bounds.at(-1) ?? null;
}

/** Adds counts of the same kinds to others. */
export function addCounts(to: number[], counts: readonly number[]): void {
  for (const [bucket, count] of counts.entries()) to[bucket] = (to[bucket] ?? 0) + count;
}
