import { expect, test } from "bun:test";
import type { Results } from "../../../shared/callback/health.ts";
import { createCallbackHealth } from "../../../worker/callbacks/health.ts";
import { createListLog } from "../../support/list-log.ts";
import { until } from "../../support/until.ts";

test("a thousand calls are one write, by receiver", async () => {
  const writes: (readonly Results[])[] = [];
  const health = createCallbackHealth({
    write: async (results) => void writes.push(results),
    log: createListLog().log,
  });

  for (let at = 0; at < 1000; at++)
    health.add(at % 4 === 0 ? "one" : "two", at % 2 === 0 ? "failed" : "answered");
  expect(writes).toEqual([]);
  await until(() => writes.length > 0, "what was gathered is written");
  await health.flush();

  expect(writes).toEqual([
    [
      { callbackId: "one", attempts: 250, failures: 250 },
      { callbackId: "two", attempts: 750, failures: 250 },
    ],
  ]);
});

test("nothing is written where nobody was called", async () => {
  let writes = 0;
  const health = createCallbackHealth({ write: async () => void writes++, log: createListLog().log });

  await health.flush();

  expect(writes).toBe(0);
});

test("what cannot be written is told of and dropped, and the next is written", async () => {
  const { log, lines } = createListLog();
  const writes: (readonly Results[])[] = [];
  const health = createCallbackHealth({
    async write(results) {
      writes.push(results);
      if (writes.length === 1) throw new Error("The database is away");
    },
    log,
  });

  health.add("one", "failed");
  await health.flush();
  health.add("one", "answered");
  await health.flush();

  expect(writes.at(-1)).toEqual([{ callbackId: "one", attempts: 1, failures: 0 }]);
  expect(lines).toMatchObject([{ level: "warn", message: "Cannot note how receivers of callbacks do" }]);
});

test("a write that hangs is not joined by another", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let writes = 0;
  const health = createCallbackHealth({
    write() {
      writes++;
      return promise;
    },
    log: createListLog().log,
  });
  health.add("one", "failed");
  const first = health.flush();
  health.add("one", "failed");
  const second = health.flush();
  expect(writes).toBe(1);

  resolve();
  await Promise.all([first, second]);

  expect(writes).toBe(2);
});
