import { expect, test } from "bun:test";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import { countMinutes } from "../../../shared/overview/count-traffic.ts";
import { testDatabase } from "../../support/postgres.ts";
import { countedUntil, keptSteps, storeHappened } from "../../support/traffic.ts";

const end = new Date("2026-03-10T12:00:00Z");
const serviceId = "aaaaaaaa-0000-4000-8000-000000000001";
const rows = 40_000;

test("a minute is counted without reading all notifications, of which old ones changed in it too", async () => {
  await using database = await testDatabase();
  // One connection, which then knows what it has read.
  const sql = openDatabase(database.url, { name: "test", connections: 1, statementTimeoutMs: 60_000 });
  try {
    const [server] = await sql<{ version: number }[]>`
      select current_setting('server_version_num')::integer as version`;
    await storeMonth(sql);
    await sql`
      update notifications set status = 'temporary-failure', updated_at = ${end}
      where id in (select id from notifications order by created_at limit 3)`;
    const at = new Date(end.getTime() + 60_000);
    await storeHappened(sql, [{ serviceId, createdAt: end, sentAt: end }]);
    await sql`vacuum analyze notifications`;
    await countedUntil(sql, end);

    const before = await readWhole(sql);
    await countMinutes(sql, at);

    expect(await keptSteps(sql, 60)).toContain(`03-10 12:00 ${serviceId} sms 1 1 0 3`);
    // Before Postgres 16 it has no index for that.
    expect((await readWhole(sql)) > before).toBe((server?.version ?? 0) < 160_000);
  } finally {
    await sql.end();
  }
});

async function storeMonth(sql: Pool): Promise<void> {
  await sql`
    insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
      recipient, created_at, sent_at, sent_by, updated_at)
    select gen_random_uuid(), ${serviceId}, ${serviceId}, 1, 'normal', 'sms', 'delivered', '07700900123', at, at, 'mmg',
      at + interval '1 minute'
    from (select ${end}::timestamptz - n * interval '1 minute' as at from generate_series(${rows}::integer, 2, -1) n) t`;
}

/** How often the table of notifications has been read from end to end. */
async function readWhole(sql: Pool): Promise<number> {
  await sql`select pg_stat_force_next_flush()`;
  const [row] = await sql<{ scans: string }[]>`
    select seq_scan as scans from pg_stat_user_tables where relname = 'notifications'`;
  return Number(row?.scans);
}
