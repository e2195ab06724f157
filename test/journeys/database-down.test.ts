import { expect, test } from "bun:test";
import { database } from "../chaos/database.ts";
import { quietly } from "../chaos/scenario.ts";

test("refuses in time while Postgres is stopped or hangs, and goes on without a restart", async () => {
  const { faults } = await database.run({ seed: 1, sends: 1000, say: quietly });

  expect(faults).toEqual([]);
}, 240_000);
