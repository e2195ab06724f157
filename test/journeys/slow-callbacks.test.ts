import { expect, test } from "bun:test";
import { quietly } from "../chaos/scenario.ts";
import { hangCallbacks, poolSettings } from "../chaos/slow-callbacks.ts";
import { openSystem } from "../chaos/system.ts";
import { testDatabase } from "../support/postgres.ts";

// The long form is `bun run chaos slow-callbacks`.
test("1,000 callbacks to a receiver that never answers touch neither accepting nor other services' callbacks", async () => {
  await using database = await testDatabase();
  await using system = await openSystem({ databaseUrl: database.url, env: poolSettings });

  const { faults } = await hangCallbacks(system, { seed: 1, sends: 1000, seconds: 4, say: quietly });

  expect(faults).toEqual([]);
}, 120_000);
