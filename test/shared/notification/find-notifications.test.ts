import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import {
  type FoundNotification,
  findNotifications,
  readPosition,
} from "../../../shared/notification/find-notifications.ts";
import { type Channel, type Status, statuses } from "../../../shared/notification/notification.ts";
import { describeNew, forgetDeleted, lookAgain } from "../../../shared/notification/search-blocks.ts";
import type { NotificationSearch, Position } from "../../../shared/notification/search-conditions.ts";
import { unfinishedStatuses } from "../../../shared/notification/search-statuses.ts";
import { createService } from "../../../shared/service/setup.ts";
import { createTemplate } from "../../../shared/template/queries.ts";
import { type TestDatabase, testDatabase } from "../../support/postgres.ts";
import { bruteForce, everythingOf, type Searchable, storeSearchable } from "../../support/search.ts";

const { signal } = new AbortController();
const now = new Date("2026-11-20T12:00:00Z");
const minute = 60_000;
const hour = 60 * minute;
const tick = 10 * minute;
const channels: readonly Channel[] = ["sms", "email", "letter"];
const keyTypes = ["normal", "team", "test"] as const;

let database: TestDatabase;
let sql: Pool;
/** Of two services with many notifications and one with few. */
let services: { id: string; templates: string[] }[];
const batches = Array.from({ length: 3 }, () => crypto.randomUUID());

beforeAll(async () => {
  database = await testDatabase();
  sql = openDatabase(database.url, { name: "test", connections: 3, statementTimeoutMs: 30_000 });
  services = await Promise.all(
    ["Town Hall", "Library", "Museum"].map(async (name) => {
      const id = await createService(sql, { name, restricted: false, smsSender: "Hall", replyTo: null });
      const templates = await Promise.all(
        ["One", "Two", "Never used"].map((name) =>
          createTemplate(sql, { serviceId: id, name, type: "sms", content: "Hello", subject: null }),
        ),
      );
      return { id, templates };
    }),
  );
});

afterAll(async () => {
  await sql.end();
  await database[Symbol.asyncDispose]();
});

/** So few that they come often, alone and as parts of others. */
const recipients = fc.oneof(
  fc.integer({ min: 0, max: 3000 }).map((n) => `4477009${String(n).padStart(5, "0")}`),
  fc.integer({ min: 0, max: 300 }).map((n) => `ada.${n}@example.com`),
  fc.constantFrom("10%_off@example.org", "adaarcher1milllaneleedsls14ap", null),
);
const references = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 0, max: 2000 }).map((n) => `Case-${n}`),
  fc.constantFrom("100%", "two\nlines", "a_b"),
);
/** Most are what most are; some come seldom. */
const statusOf = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom<Status>("delivered", "sent") },
  { weight: 1, arbitrary: fc.constantFrom(...statuses) },
);

function rowsOf(serviceId: number, { from, to }: { from: number; to: number }) {
  return fc.record({
    id: fc.uuid({ version: 4 }),
    serviceId: fc.constant(services[serviceId]?.id ?? ""),
    channel: fc.constantFrom(...channels),
    status: statusOf,
    keyType: fc.constantFrom(...keyTypes),
    apiKeyId: fc.option(fc.uuid({ version: 4 })),
    templateId: fc.constantFrom(...(services[serviceId]?.templates.slice(0, 2) ?? [])),
    batchId: fc.option(fc.constantFrom(...batches.slice(0, 2)), { freq: 3 }),
    normalisedTo: recipients,
    clientReference: references,
    // Many of one instant, as groups of a batch are stored.
    createdAt: fc
      .integer({ min: Math.ceil(from / tick), max: Math.floor(to / tick) })
      .map((n) => new Date(n * tick)),
  });
}

function sample(serviceId: number, count: number, { from, to }: { from: Date; to: Date }): Searchable[] {
  const range = { from: from.getTime(), to: to.getTime() };
  const rows = fc.sample(rowsOf(serviceId, range), { numRuns: count, seed: 4 + count + serviceId });
  for (const row of rows) {
    // Of each unfinished status in some blocks alone.
    const status = unfinishedStatuses.indexOf(row.status);
    if (status >= 0 && status !== row.createdAt.getUTCDate() % unfinishedStatuses.length)
      row.status = "delivered";
  }
  return rows;
}

function searches(rows: readonly Searchable[]): fc.Arbitrary<NotificationSearch> {
  const part = fc
    .tuple(fc.constantFrom(...rows), fc.boolean(), fc.nat(30), fc.integer({ min: 1, max: 40 }))
    .map(([row, byReference, start, length]) => {
      const text = (byReference ? row.clientReference : row.normalisedTo) ?? "nobody";
      const typed = text.slice(start % text.length, (start % text.length) + length);
      return byReference
        ? { recipients: [], reference: typed.toUpperCase() }
        : { recipients: [typed, "nobody"], reference: null };
    });
  const some = <T>(values: readonly T[]) =>
    fc.option(fc.subarray([...values], { minLength: 1 }), { freq: 2 });
  const at = fc.option(
    fc.constantFrom(...rows).map(({ createdAt }) => createdAt),
    { freq: 2 },
  );
  return fc.record({
    serviceId: fc.option(fc.constantFrom(...services.map(({ id }) => id)), { freq: 5 }),
    id: fc
      .option(
        fc.constantFrom(...rows).map(({ id }) => id),
        { freq: 15, nil: null },
      )
      .map((id) => (id !== null && id < "4" ? id : null)),
    terms: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 3, arbitrary: fc.array(part, { maxLength: 2 }) },
    ),
    statuses: fc.oneof(
      some(statuses),
      fc.constantFrom<Status>(...statuses).map((status) => [status]),
    ),
    types: some(channels),
    keyTypes: some(keyTypes),
    templateId: fc.option(fc.constantFrom(...services.flatMap(({ templates }) => templates)), { freq: 2 }),
    batchId: fc.option(fc.constantFrom(...batches), { freq: 2 }),
    since: at,
    until: at,
    include: fc.record({ batches: fc.boolean(), oneOffs: fc.boolean() }),
  });
}

/** Page by page to the end. */
async function everyPage(search: NotificationSearch, limit: number): Promise<FoundNotification[]> {
  const all: FoundNotification[] = [];
  let olderThan: Position | null = null;
  do {
    const { found, next } = await findNotifications(sql, search, { olderThan, limit });
    all.push(...found);
    olderThan = next && readPosition(next.at, next.id);
    expect(olderThan).toEqual(next);
  } while (olderThan !== null);
  return all;
}

async function assertFindsSame(rows: readonly Searchable[], numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(searches(rows), fc.integer({ min: 50, max: 700 }), async (search, limit) => {
      const found = await everyPage(search, limit);

      expect(found.map(({ id }) => id)).toEqual(bruteForce(rows, search));
    }),
    { numRuns, seed: 8, endOnFailure: true },
  );
  // Each alone, and each status most of all: failed ones are found another way.
  for (const status of statuses) {
    for (const serviceId of [services[0]?.id ?? "", null]) {
      const search = { ...everythingOf(serviceId), statuses: [status] };
      expect((await everyPage(search, 500)).map(({ id }) => id)).toEqual(bruteForce(rows, search));
    }
  }
}

describe("findNotifications", () => {
  test("finds what a look at each finds, whatever is described, changes, comes late or goes", async () => {
    const week = { from: new Date(now.getTime() - 7 * 24 * hour), to: now };
    const rows = [...sample(0, 2500, week), ...sample(1, 1500, week), ...sample(2, 40, week)];
    await storeSearchable(sql, rows);
    await assertFindsSame(rows, 15);

    // Half-way: some in blocks, the younger not.
    await describeNew(sql, { now: new Date(now.getTime() - 48 * hour), steps: 3, signal });
    await assertFindsSame(rows, 15);
    while ((await describeNew(sql, { now, steps: 10, signal })) > 0);
    await assertFindsSame(rows, 60);

    for (const [n, row] of rows.filter((_, n) => n % 7 === 0).entries()) {
      const status = statuses[n % statuses.length] ?? "sent";
      // Back to these only letters come.
      const back = unfinishedStatuses.includes(status) && row.status !== "created";
      if (row.channel === "letter" || !back) row.status = status;
    }
    await setStatuses(rows);
    await assertFindsSame(rows, 30);

    // With times before those of blocks, and seen when the blocks are looked at again.
    const late = sample(0, 60, week).map((row) => ({ ...row, id: crypto.randomUUID() }));
    await storeSearchable(sql, late);
    rows.push(...late);
    const later = new Date(now.getTime() + 11 * minute);
    while ((await lookAgain(sql, later)) > 0);
    while ((await describeNew(sql, { now: later, steps: 10, signal })) > 0);
    await assertFindsSame(rows, 30);

    const before = new Date(now.getTime() - 72 * hour);
    const kept = rows.filter(({ channel, createdAt }) => channel === "letter" || createdAt >= before);
    await sql`delete from notifications where notification_type <> 'letter' and created_at < ${before}`;
    for (const { id } of services) await forgetDeleted(sql, { serviceId: id, before, now: later, signal });
    await assertFindsSame(kept, 30);
    await assertNothingElseIsKept();
  });
});

describe("a position in a list", () => {
  const id = "a3bb189e-8bf9-4c4c-9a0e-5d0e7f0d6c11";

  test("comes back from a request as it went out, to the microsecond", () => {
    for (const at of ["2026-11-20 12:00:00+00", "2026-02-28 23:59:59.123456+00"]) {
      expect(readPosition(at, id)).toEqual({ at, id });
    }
  });

  test.each([
    ["", id],
    ["now", id],
    ["infinity", id],
    ["2026-02-31 12:00:00+00", id],
    ["2026-11-20 24:00:00+00", id],
    ["0000-01-01 00:00:00+00", id],
    ["2026-11-20 12:00:00+01", id],
    ["2026-11-20 12:00:00+00", "a"],
  ])("is none where it could not have gone out: %s %s", (at, of) => {
    expect(readPosition(at, of)).toBeNull();
  });
});

async function setStatuses(rows: readonly Searchable[]): Promise<void> {
  await sql`
    update notifications n set status = r.status
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as r (id uuid, status text)
    where n.id = r.id and n.status <> r.status`;
}

/** What blocks say of whom messages went to stands in notifications too. */
async function assertNothingElseIsKept(): Promise<void> {
  const [sums] = await sql`
    select (select sum(row_count)::int from search_blocks) as described,
      (select count(*)::int from notifications) as kept,
      (select count(*)::int from search_blocks b, string_to_table(b.recipients, E'\n') line
        where not exists (select from notifications n
          where n.service_id = b.service_id and coalesce(n.normalised_to, '') = line)) as forgotten,
      (select count(*)::int from failed_notifications f
        where not exists (select from notifications n where n.id = f.id)) as failed`;
  expect(sums).toEqual({ described: sums?.kept, kept: sums?.kept, forgotten: 0, failed: 0 });
}
