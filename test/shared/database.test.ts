import { describe, expect, test } from "bun:test";
import { openDatabase } from "../../shared/database.ts";
import { testDatabase } from "../support/postgres.ts";

describe("a pool", () => {
  test.each([
    [true, "off"],
    [false, "on"],
  ])(
    "that plans by index (%p) has sequential scans %s, and its statement time-out",
    async (plansByIndex, scans) => {
      await using database = await testDatabase();
      const sql = openDatabase(database.url, {
        name: "test",
        connections: 1,
        statementTimeoutMs: 1234,
        plansByIndex,
      });
      const show = async (setting: string) => (await sql.unsafe(`show ${setting}`))[0]?.[setting];

      const settings = [
        await show("enable_seqscan"),
        await show("enable_hashjoin"),
        await show("statement_timeout"),
      ];
      await sql.end();

      expect(settings).toEqual([scans, scans, "1234ms"]);
    },
  );
});
