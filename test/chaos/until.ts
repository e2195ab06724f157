/** Asks again and again until the answer is true. Throws when time is up, saying what was waited for. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  { what, timeoutMs, everyMs = 25 }: { what: string | (() => string); timeoutMs: number; everyMs?: number },
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      throw new Error(`${typeof what === "string" ? what : what()}: not within ${timeoutMs / 1000} s`);
    }
    await Bun.sleep(everyMs);
  }
}
