import { describe, expect, test } from "bun:test";
import { isUnreachable, openDatabase } from "../../shared/database.ts";
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

  test("behind a pooler asks for no setting of the session, and prepares nothing", async () => {
    await using database = await testDatabase();
    const options = { name: "pooled", connections: 1, statementTimeoutMs: 1234, plansByIndex: true };
    const sql = openDatabase(database.url, { ...options, pooler: "transaction" });
    const show = async (setting: string) => (await sql.unsafe(`show ${setting}`))[0]?.[setting];

    await sql`select ${1}::int`;
    const prepared = await sql`select from pg_prepared_statements`;
    const settings = [
      await show("statement_timeout"),
      await show("enable_seqscan"),
      await show("application_name"),
    ];
    await sql.end();

    expect(prepared).toHaveLength(0);
    expect(settings).toEqual(["0", "on", "pooled"]);
  });

  const arrays: [type: string, value: readonly unknown[]][] = [
    ["text", ["plain", "", " a b ", 'quoted "', "back\\slash", "{a,b}", "NULL", "null", null, "ü\n👋"]],
    ["text", []],
    ["varchar", ["a", null]],
    ["uuid", ["740e5834-3a29-46b4-9a6f-16142fde533a"]],
    ["int", [1, -2, null]],
    ["float8", [1.5, -1e300]],
    ["bigint", ["9223372036854775807"]],
  ];
  test.each(arrays)("writes and reads an array of %s: %j", async (type, value) => {
    await using database = await testDatabase();
    const sql = openDatabase(database.url, { name: "test", connections: 1, statementTimeoutMs: 1234 });

    const [row] = await sql<{ back: unknown[]; length: number }[]>`
      select given as back, cardinality(given) as length
      from (select ${value as string[]}::${sql.unsafe(type)}[] as given) x`;
    await sql.end();

    expect(row?.back).toEqual([...value]);
    expect(row?.length).toBe(value.length);
  });
});

describe("a database is unreachable", () => {
  const withQuery = <T extends object>(error: T) =>
    Object.defineProperties(error, { query: { value: "select" } });
  const cases: [error: unknown, expected: boolean][] = [
    [Object.assign(new Error("refused"), { code: "ECONNREFUSED" }), true],
    [Object.assign(new Error("too many clients"), { code: "53300" }), true],
    [Object.assign(new Error("server login has been failing"), { code: "08P01" }), true],
    [Object.assign(new Error("wrong"), { code: "23505" }), false],
    // As workerd's sockets say it.
    [withQuery(new Error("proxy request failed, cannot connect to the specified address")), true],
    [withQuery(new TypeError("undefined is no function")), false],
    [new Error("ours"), false],
    ["text", false],
  ];
  test.each(cases.map(([error, expected]) => [String(error), expected, error]))(
    "by %s: %p",
    (_, expected, error) => {
      expect(isUnreachable(error)).toBe(expected === true);
    },
  );
});
