/** How much a process may grow by before what it no longer uses is collected. */
const growthBytes = 80_000_000;
/** Between two looks at how much it has. */
const everyBytes = 1_000_000;

/**
 * Tells how many bytes went through, so that memory stays bounded. Each of them is copied several times on its way, by
 * the database's client and by SSH's, and where a machine has much memory Bun collects buffers only after hundreds of
 * megabytes.
 */
export function createTidier(): (bytes: number) => void {
  // What was left by an upload before is not to count as kept.
  let kept = collected();
  let since = 0;

  return (bytes) => {
    since += bytes;
    if (since < everyBytes) return;
    since = 0;
    const now = process.memoryUsage.rss();
    if (now - kept >= growthBytes) kept = collected();
  };
}

/** Bytes that are left once what is no longer used was collected. */
function collected(): number {
  Bun.gc(true);
  return process.memoryUsage.rss();
}
