/** Rows that one statement deletes. */
const batch = 5000;

/** Deletes batch by batch, each a statement of its own, until one is not full; answers how many there were. */
export async function inBatches(
  signal: AbortSignal,
  deleteSome: (limit: number) => Promise<number>,
): Promise<number> {
  let deleted = 0;
  for (;;) {
    signal.throwIfAborted();
    const count = await deleteSome(batch);
    deleted += count;
    if (count < batch) return deleted;
  }
}
