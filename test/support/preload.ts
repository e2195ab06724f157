import { afterAll, afterEach } from "bun:test";
import { atEnd } from "./at-end.ts";
import { watchedLogs } from "./watched-logs.ts";

afterEach(() => {
  const checks = [...watchedLogs];
  watchedLogs.clear();
  for (const check of checks) check();
});

afterAll(async () => {
  for (const stop of atEnd.splice(0)) await stop();
});
