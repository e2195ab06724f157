import { describe, expect, test } from "bun:test";
import { openDatabase } from "../../../shared/database.ts";
import { outlastOutage } from "../../../worker/broadcasts/outlast.ts";
import { createListLog } from "../../support/list-log.ts";
import { openQueueWorld } from "../../support/queue.ts";

describe("what a network answered", () => {
  test("is stored once the database is back", async () => {
    await using world = await openQueueWorld();
    await using away = openAway();
    const { log, lines } = createListLog();
    const pools = [away.sql, world.sql];

    const rows = await outlastOutage(async () => await (pools.shift() ?? world.sql)`select 1 as one`, log);

    expect([...rows]).toEqual([{ one: 1 }]);
    expect(lines.map(({ message }) => message)).toEqual([
      "Cannot store what a network answered: trying again",
    ]);
  });

  test("is not stored again and again where the statement is at fault", async () => {
    await using world = await openQueueWorld();
    let times = 0;

    const storing = outlastOutage(async () => {
      times++;
      await world.sql`select from no_such_table`;
    }, createListLog().log);

    await expect(storing.then(() => "stored")).rejects.toThrow("no_such_table");
    expect(times).toBe(1);
  });
});

/** Nobody listens there. */
function openAway() {
  const sql = openDatabase("postgres://nobody@127.0.0.1:1/none", {
    name: "test",
    connections: 1,
    statementTimeoutMs: 1000,
  });
  return { sql, [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }) };
}
