import { expect, test } from "bun:test";
import { callbackSettings, killInCallbacks } from "../chaos/callbacks.ts";
import { hangMany, hangSettings } from "../chaos/hanging-calls.ts";
import { quietly } from "../chaos/scenario.ts";
import { openSystem } from "../chaos/system.ts";
import { testDatabase } from "../support/postgres.ts";

// The long form of both is `bun run chaos callbacks`.

test("every event is told under its own id, and its attempts are on record, though workers are killed and receivers fail", async () => {
  await using database = await testDatabase();
  await using system = await openSystem({ databaseUrl: database.url, workers: 2, env: callbackSettings });

  const options = { seed: 1, sends: 300, kills: 2, outage: false, say: quietly };
  const { figures, faults } = await killInCallbacks(system, options);

  expect(faults).toEqual([]);
  expect(figures).toMatchObject({ callbacks: 300, kills: 2 });
  expect(figures.calls_failed).toBeGreaterThan(0);
}, 300_000);

test("1,000 calls that hang at once take no more of the database's connections than calls that are answered", async () => {
  await using database = await testDatabase();
  await using system = await openSystem({ databaseUrl: database.url, env: hangSettings(1000) });

  const { figures, faults } = await hangMany(system, { calls: 1000, say: quietly });

  expect(faults).toEqual([]);
  expect(figures.connections_busy_while_hanging).toBe(0);
}, 120_000);
