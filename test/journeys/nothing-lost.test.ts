import { expect, test } from "bun:test";
import { killInStream } from "../chaos/kill.ts";
import { leaveUnanswered, noAnswerSettings } from "../chaos/no-answer.ts";
import { quietly } from "../chaos/scenario.ts";
import { openSystem } from "../chaos/system.ts";
import { testDatabase } from "../support/postgres.ts";

// The long forms are `bun run chaos kill` and `bun run chaos no-answer`.

test("what was accepted is delivered and called back though API and workers are killed", async () => {
  await using database = await testDatabase();
  await using system = await openSystem({ databaseUrl: database.url, workers: 2 });

  const { figures, faults } = await killInStream(system, { seed: 1, sends: 300, kills: 3, say: quietly });

  expect(faults).toEqual([]);
  expect(figures).toMatchObject({ kills_api: 1, kills_worker: 2, callbacks_missing: 0 });
}, 180_000);

test("a text is sent again when a provider took it without an answer and no receipt says so, and only then", async () => {
  await using database = await testDatabase();
  await using system = await openSystem({ databaseUrl: database.url, env: noAnswerSettings });

  const { figures, faults } = await leaveUnanswered(system, { seed: 1, sends: 40, say: quietly });

  expect(faults).toEqual([]);
  expect(figures).toMatchObject({ duplicates_with_receipts: 0, duplicates_without_receipts: 10 });
}, 120_000);
