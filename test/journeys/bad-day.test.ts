import { expect, test } from "bun:test";
import { liveThrough, shortDay } from "../chaos/bad-day.ts";
import { quietly } from "../chaos/scenario.ts";
import { openSplitSystem } from "../chaos/split-system.ts";
import { testDatabase } from "../support/postgres.ts";

// The long form is `bun run chaos bad-day`.
test("a text provider fails, hangs and recovers, and SES throttles: all arrives, and twice only after a time-out", async () => {
  await using database = await testDatabase();
  await using system = await openSplitSystem({ ...shortDay, databaseUrl: database.url });

  const { figures, faults } = await liveThrough(system, {
    seed: 1,
    sends: 60,
    seconds: 16,
    windsClock: true,
    say: quietly,
  });

  expect(faults).toEqual([]);
  // Each is a slot that was held: about 130 where nothing spares a provider that hangs.
  expect(figures.failed_attempts_timed_out).toBeLessThan(40);
  // Otherwise nothing was shown.
  expect(figures.duplicates_after_time_out).toBeGreaterThan(0);
}, 120_000);
