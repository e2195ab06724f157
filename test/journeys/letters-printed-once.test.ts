import { expect, test } from "bun:test";
import { killPrintRuns } from "../chaos/letters.ts";
import { quietly } from "../chaos/scenario.ts";

// The long form is `bun run chaos letters`.

test("every letter is printed once though worker, printer and Postgres are killed", async () => {
  const { figures, faults } = await killPrintRuns({ seed: 1, kills: 6, lettersARun: 120, say: quietly });

  expect(faults).toEqual([]);
  expect(figures).toMatchObject({ kills: 6, letters_missing: 0, letters_printed_twice: 0 });
}, 180_000);
