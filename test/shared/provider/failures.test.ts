import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import { countFailures } from "../../../shared/provider/failures.ts";
import { type TestDatabase, testDatabase } from "../../support/postgres.ts";

let database: TestDatabase;
let sql: Pool;

beforeAll(async () => {
  database = await testDatabase();
  sql = openDatabase(database.url, { name: "test", connections: 4, statementTimeoutMs: 10_000 });
});

beforeEach(async () => {
  await sql`delete from provider_failures`;
});

afterAll(async () => {
  await sql.end({ timeout: 1 });
  await database[Symbol.asyncDispose]();
});

/** Failed sends of another worker in the second so long ago. */
async function failed(name: string, failures: number, secondsAgo: number): Promise<void> {
  await sql`
    insert into provider_failures (identifier, slot, second, failures)
    select ${name}, extract(epoch from at)::bigint % 60, at, ${failures}
    from (select date_trunc('second', now()) - ${secondsAgo} * interval '1s' as at) s`;
}

async function totals(counts: Record<string, number>): Promise<Record<string, number>> {
  const rows = await countFailures(sql, new Map(Object.entries(counts)));
  return Object.fromEntries(rows.map(({ name, failures }) => [name, failures]));
}

describe("countFailures", () => {
  test("adds to what was counted before", async () => {
    expect(await totals({ mmg: 3 })).toEqual({ mmg: 3 });
    expect(await totals({ mmg: 4, firetext: 1 })).toEqual({ mmg: 7, firetext: 1 });
    expect(await totals({ firetext: 2 })).toEqual({ firetext: 3 });
  });

  test.each([
    [1, 51],
    [30, 51],
    [55, 51],
    // Their places are taken again.
    [60, 1],
    [61, 1],
    [119, 1],
    [3600, 1],
  ])("of a failure %d seconds ago makes %d", async (secondsAgo, total) => {
    await failed("mmg", 50, secondsAgo);
    await failed("firetext", 1000, 1);

    expect(await totals({ mmg: 1 })).toEqual({ mmg: total });
  });

  test("keeps no more than a minute of seconds", async () => {
    await sql`
      insert into provider_failures (identifier, slot, second, failures)
      select 'mmg', extract(epoch from at)::bigint % 60, at, 100
      from generate_series(date_trunc('second', now()) - interval '119 seconds',
        date_trunc('second', now()) - interval '60 seconds', interval '1 second') at`;

    expect(await totals({ mmg: 2 })).toEqual({ mmg: 2 });
    const [rows] = await sql`select count(*)::int as count from provider_failures`;
    expect(rows).toEqual({ count: 60 });
  });

  test("loses none though many workers count at the same time", async () => {
    const counts = Array.from({ length: 40 }, (_, n) =>
      totals(n % 2 === 0 ? { mmg: 1, firetext: 2 } : { firetext: 2, mmg: 1 }),
    );
    await Promise.all(counts);

    expect(await totals({ mmg: 1, firetext: 2 })).toEqual({ mmg: 41, firetext: 82 });
  });
});
