import { expect, test } from "bun:test";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import { forgetDeleted } from "../../../shared/notification/search-blocks.ts";
import { testDatabase } from "../../support/postgres.ts";
import { type Searchable, storeSearchable } from "../../support/search.ts";

const now = new Date("2026-11-20T12:00:00Z");
const { signal } = new AbortController();
const [townHall, library] = [crypto.randomUUID(), crypto.randomUUID()];
/** More than are looked at in two turns. */
const blocks = 240;
/** Of the first of these a service keeps nothing, of the next one of each two, of the last all. */
const [emptied, halved] = [130, 90];

test("forgets what was deleted of hundreds of blocks, and nothing else", async () => {
  await using database = await testDatabase();
  const sql = openDatabase(database.url, { name: "test", connections: 2, statementTimeoutMs: 30_000 });
  try {
    for (const serviceId of [townHall, library]) await storeBlocks(sql, serviceId);
    const before = timeOf(emptied + halved, 0);
    const deleted = rowsOf(townHall).filter(
      ({ n, half }) => n < emptied || (n < emptied + halved && half === 0),
    );
    await sql`
      delete from notifications
      where service_id = ${townHall} and normalised_to = any(${deleted.map(({ normalisedTo }) => normalisedTo)})`;

    await forgetDeleted(sql, { serviceId: townHall, before, now, signal });

    const kept = Array.from({ length: blocks - emptied }, (_, at) => {
      const n = emptied + at;
      return n < emptied + halved ? [recipientOf(n, 1)] : [recipientOf(n, 0), recipientOf(n, 1)];
    });
    expect(await blocksOf(sql, townHall)).toEqual(kept);
    expect(await blocksOf(sql, library)).toHaveLength(blocks);
  } finally {
    await sql.end();
  }
});

const timeOf = (n: number, half: number) =>
  new Date(now.getTime() - (blocks - n) * 3_600_000 + half * 60_000);
const recipientOf = (n: number, half: number) => `447700${n}${half}`;

/** Two of each block, in the order of the blocks. */
function rowsOf(serviceId: string): (Searchable & { n: number; half: number; normalisedTo: string })[] {
  return Array.from({ length: 2 * blocks }, (_, at) => {
    const [n, half] = [Math.floor(at / 2), at % 2];
    return {
      ...{
        id: crypto.randomUUID(),
        serviceId,
        n,
        half,
        channel: "sms",
        status: "delivered",
        keyType: "normal",
      },
      ...{ apiKeyId: null, templateId: serviceId, batchId: null, clientReference: null },
      ...{ normalisedTo: recipientOf(n, half), createdAt: timeOf(n, half) },
    };
  });
}

/** Blocks as they are written, but of two: so many of hundreds would take long. */
async function storeBlocks(sql: Pool, serviceId: string): Promise<void> {
  await storeSearchable(sql, rowsOf(serviceId));
  await sql`
    insert into search_blocks (service_id, after_at, after_id, last_at, last_id, row_count, types, key_types, templates,
      batches, unfinished, recipients, client_references)
    select service_id, min(before_at), (array_agg(before_id order by created_at))[1], max(created_at),
      (array_agg(id order by created_at desc))[1], 2, '{sms}', '{normal}', array[service_id], '{}', '{}',
      string_agg(normalised_to, E'\n' order by created_at), ''
    from (
      select *, lag(created_at, 1, '-infinity') over all_of as before_at, lag(id, 1, ${townHall}::uuid) over all_of as before_id,
        (row_number() over all_of - 1) / 2 as block
      from notifications where service_id = ${serviceId} window all_of as (order by created_at)) n
    group by service_id, block`;
}

/** Whom the notifications of each go to, the oldest block first. */
async function blocksOf(sql: Pool, serviceId: string): Promise<string[][]> {
  const rows = await sql<{ rows: number; recipients: string }[]>`
    select row_count as rows, recipients from search_blocks where service_id = ${serviceId} order by last_at`;
  return rows.map(({ rows: count, recipients }) => {
    const people = recipients.split("\n");
    expect(people).toHaveLength(count);
    return people;
  });
}
