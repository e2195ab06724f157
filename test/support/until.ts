/** Asks again and again for what comes true by itself; answers with it. Throws after 10 seconds. */
export async function until<T>(
  check: () => T | Promise<T>,
  what: string,
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const found = await check();
    if (found) return found as Exclude<T, undefined | null | false>;
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await Bun.sleep(5);
  }
}
