import { expect, test } from "bun:test";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import { findNotifications } from "../../../shared/notification/find-notifications.ts";
import { describeNew } from "../../../shared/notification/search-blocks.ts";
import type { NotificationSearch } from "../../../shared/notification/search-conditions.ts";
import { createService } from "../../../shared/service/setup.ts";
import { createTemplate } from "../../../shared/template/queries.ts";
import { testDatabase } from "../../support/postgres.ts";
import { everythingOf } from "../../support/search.ts";

const now = new Date("2026-11-20T12:00:00Z");
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
const batchId = crypto.randomUUID();

test("no search of 200,000 reads all of them, whatever it asks together", async () => {
  await using database = await testDatabase();
  // One connection, which then knows what it has read.
  const sql = openDatabase(database.url, { name: "test", connections: 1, statementTimeoutMs: 60_000 });
  try {
    const [large, small] = [await addService(sql, "Hall"), await addService(sql, "Museum")];
    await storeMany(sql, large, 180_000);
    await storeMany(sql, small, 20_000);
    while ((await describeNew(sql, { now, steps: 100, signal: new AbortController().signal })) > 0);
    await sql`analyze`;
    const [held] = await sql`select sum(row_count)::int as rows from search_blocks`;
    // The newest few stand in none.
    expect(held?.rows).toBeGreaterThan(190_000);
    expect(held?.rows).toBeLessThan(200_000);

    const parts: Partial<NotificationSearch>[] = [
      { terms: [{ recipients: ["00123"], reference: null }] },
      { terms: [{ recipients: ["nobody"], reference: "case-1999" }] },
      { statuses: ["delivered"] },
      { statuses: ["created", "sending"] },
      { statuses: ["permanent-failure", "returned-letter"] },
      { types: ["letter"] },
      { keyTypes: ["test"] },
      { templateId: small.templateId },
      { batchId },
      { since: daysAgo(5), until: daysAgo(1) },
      { include: { batches: false, oneOffs: false } },
      { id: crypto.randomUUID() },
    ];
    const searches = [large.id, small.id, null].flatMap((serviceId) =>
      parts.flatMap((one, n) =>
        parts.slice(n).map((other): NotificationSearch => ({ ...everythingOf(serviceId), ...one, ...other })),
      ),
    );
    // What is wholly described, with and without a page before.
    const olderThan = { at: "2026-11-18 00:00:00+00", id: batchId };

    const before = await readWhole(sql);
    for (const [n, search] of searches.entries()) {
      await findNotifications(sql, search, { olderThan: n % 2 === 0 ? null : olderThan, limit: 50 });
      expect({ search, readWhole: await readWhole(sql) }).toEqual({ search, readWhole: before });
    }
  } finally {
    await sql.end();
  }
});

/** How often the table of notifications has been read from end to end. */
async function readWhole(sql: Pool): Promise<number> {
  await sql`select pg_stat_force_next_flush()`;
  const [row] = await sql<{ scans: string }[]>`
    select seq_scan as scans from pg_stat_user_tables where relname = 'notifications'`;
  return Number(row?.scans);
}

async function addService(sql: Pool, name: string) {
  const id = await createService(sql, { name, restricted: false, smsSender: "Hall", replyTo: null });
  const facts = { serviceId: id, name: "Text", type: "sms", content: "Hello", subject: null } as const;
  return { id, templateId: await createTemplate(sql, facts) };
}

async function storeMany(
  sql: Pool,
  service: { id: string; templateId: string },
  count: number,
): Promise<void> {
  await sql`
    insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
      recipient, normalised_to, client_reference, job_id, job_row_number, created_at)
    select gen_random_uuid(), ${service.id}, ${service.templateId}, 1, 'normal', 'sms',
      case when n % 50 = 0 then 'permanent-failure' when n % 300 = 1 then 'sending' else 'delivered' end,
      '07700', '447700' || lpad((n * 7)::text, 7, '0'), 'Case-' || n, case when n % 20 = 0 then ${batchId}::uuid end,
      case when n % 20 = 0 then n + ${count} end, ${daysAgo(7)}::timestamptz + n * interval '7 days' / ${count}::int
    from generate_series(1, ${count}::int) n`;
}
