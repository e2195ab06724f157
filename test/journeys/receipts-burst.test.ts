import { expect, test } from "bun:test";
import { burst, burstSettings } from "../chaos/receipts-burst.ts";
import { quietly } from "../chaos/scenario.ts";
import { openSystem } from "../chaos/system.ts";
import { testDatabase } from "../support/postgres.ts";

// The long form is `bun run chaos receipts-burst`.
test("2,000 receipts at once are all taken and decided, and texts go out beside them", async () => {
  await using database = await testDatabase();
  await using system = await openSystem({ databaseUrl: database.url, env: burstSettings });

  const { figures, faults } = await burst(system, { seed: 1, sends: 2000, secondsBefore: 2, say: quietly });

  expect(faults).toEqual([]);
  expect(figures).toMatchObject({ not_taken: 0, wrong_status: 0, texts_not_called_back: 0 });
}, 120_000);
