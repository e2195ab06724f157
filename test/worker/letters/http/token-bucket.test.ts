import { describe, expect, test } from "bun:test";
import { createTokenBucket } from "../../../../worker/letters/http/token-bucket.ts";
import { never } from "../../providers/provider-server.ts";

describe("a token bucket", () => {
  test("lets so many through in a second, in their order", async () => {
    const bucket = createTokenBucket(100);
    const times: [number, number][] = [];
    const startedAt = performance.now();

    await Promise.all(
      Array.from({ length: 21 }, async (_, n) => {
        await bucket.take(never);
        times.push([n, performance.now() - startedAt]);
      }),
    );

    expect(times.map(([n]) => n)).toEqual(Array.from({ length: 21 }, (_, n) => n));
    // Timers may be a little early.
    expect(times.at(-1)?.[1]).toBeGreaterThan(190);
  });

  test("does not save up what was not used", async () => {
    let at = 0;
    const bucket = createTokenBucket(10, () => at);
    await bucket.take(never);
    at = 10_000;
    await bucket.take(never);
    const startedAt = performance.now();

    await bucket.take(never);

    expect(performance.now() - startedAt).toBeGreaterThan(90);
  });

  test("lets nobody through while it is paused, and never shortens a pause", async () => {
    let at = 0;
    const bucket = createTokenBucket(1000, () => at);
    bucket.pause(60);
    bucket.pause(5);

    expect(bucket.pausedSeconds()).toBe(60);
    at = 59_950;
    const startedAt = performance.now();
    await bucket.take(never);
    expect(performance.now() - startedAt).toBeGreaterThan(40);
    at = 60_000;
    expect(bucket.pausedSeconds()).toBe(0);
  });

  test("lets go of who is aborted", async () => {
    const bucket = createTokenBucket(0.01);
    await bucket.take(never);

    await expect(bucket.take(AbortSignal.timeout(20))).rejects.toThrow();
  });
});
