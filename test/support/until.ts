/** Asks again and again for what comes true by itself; answers with it. Throws after half a minute: machines may be slow. */
export async function until<T>(
  check: () => T | Promise<T>,
  what: string,
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const found = await check();
    if (found) return found as Exclude<T, undefined | null | false>;
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await Bun.sleep(5);
  }
}
