import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { setRetention } from "../../../shared/retention/queries.ts";
import { findSenderName, storeUnsubscribeRequest } from "../../../shared/unsubscribe/queries.ts";
import {
  archiveUnsubscribeRequests,
  deleteEvents,
  deleteHistory,
  deleteInboundTexts,
  deleteOldRecords,
} from "../../../worker/tasks/retention/delete-records.ts";
import { forget, historyOf } from "../../support/history.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

const now = new Date("2026-08-05T01:40:00Z");
const dayMs = 24 * 3_600_000;
let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`truncate inbound_sms, inbound_sms_history`;
  await world.sql`delete from inbound_numbers`;
  await world.sql`truncate service_data_retention, unsubscribe_requests, unsubscribe_requests_history, notifications`;
});

afterAll(() => world[Symbol.asyncDispose]());

const deps = () => world.newDeps({ now: () => now });
const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);

async function received(createdAt: Date, serviceId = world.service.id): Promise<string> {
  const id = crypto.randomUUID();
  await world.sql`
    insert into inbound_sms (id, service_id, notify_number, user_number, provider, provider_reference, content,
      created_at)
    values (${id}, ${serviceId}, '447700900001', '447700900123', 'mmg', 'ref', 'sealed', ${createdAt})`;
  return id;
}

const receivedLeft = async () => (await world.sql`select id from inbound_sms`).map(({ id }) => id).sort();

describe("delete-inbound-sms", () => {
  test("leaves neither who wrote nor what, of texts older than a week of London's days", async () => {
    const old = await received(new Date("2026-07-28T22:59:59.999Z"));
    const young = await received(new Date("2026-07-28T23:00:00Z"));

    expect(await deleteInboundTexts(deps(), never)).toBe("Deleted 1 old received texts");

    expect(await receivedLeft()).toEqual([young]);
    const history = await world.sql`select * from inbound_sms_history`;
    expect([...history]).toEqual([
      {
        id: old,
        service_id: world.service.id,
        notify_number: "447700900001",
        provider_date: null,
        provider_reference: "ref",
        provider: "mmg",
        created_at: new Date("2026-07-28T22:59:59.999Z"),
      },
    ]);
  });

  test("keeps them as long as a service keeps its own texts only where it has a number", async () => {
    const other = await world.addService(`Other ${crypto.randomUUID()}`);
    for (const serviceId of [world.service.id, other.id]) {
      await setRetention(world.sql, { id: crypto.randomUUID(), serviceId, type: "sms", days: 30, at: now });
    }
    await world.sql`
      insert into inbound_numbers (number, provider, service_id) values ('07700900001', 'mmg', ${world.service.id})`;
    const kept = await received(daysAgo(29));
    await received(daysAgo(31));
    await received(daysAgo(29), other.id);

    await deleteInboundTexts(deps(), never);

    expect(await receivedLeft()).toEqual([kept]);
  });
});

describe("archive-unsubscribe-requests", () => {
  const linkTo = (notificationId: string) => ({ notificationId, emailAddress: null });

  test("forgets whose they were after 90 days, and still knows that it was asked", async () => {
    const email = async (days: number) => {
      const id = await world.notification({ channel: "email", status: "delivered" });
      await storeUnsubscribeRequest(world.sql, linkTo(id), daysAgo(days));
      return id;
    };
    const [old, young] = [await email(92), await email(89)];
    await world.sql`truncate notifications`;

    expect(await archiveUnsubscribeRequests(deps(), never)).toBe("Archived 1 old unsubscribe requests");

    const requests = await world.sql`select notification_id as id from unsubscribe_requests`;
    expect(requests.map(({ id }) => id)).toEqual([young]);
    const [row] = await world.sql`select * from unsubscribe_requests_history`;
    expect(row).toMatchObject({ notification_id: old, service_id: world.service.id });
    expect(Object.keys(row ?? {})).not.toContain("email_address");
    expect(await findSenderName(world.sql, linkTo(old))).toBe("Town Hall");
    expect(await storeUnsubscribeRequest(world.sql, linkTo(old), now)).toBe(true);
  });
});

describe("what is left of notifications", () => {
  async function leftOf(days: number): Promise<string> {
    const facts = { channel: "letter", status: "delivered", createdAt: daysAgo(days) } as const;
    const id = await world.notification(facts);
    await forget(world.sql, id);
    return id;
  }

  test("stays for ever, unless an operator says for how long", async () => {
    const [old, young] = [await leftOf(401), await leftOf(399)];
    const ids = [old, young];

    expect(await deleteHistory(deps(), never)).toBe("History is kept for ever");
    expect((await historyOf(world.sql, ids)).size).toBe(2);

    const retention = { historyDays: 400 };
    expect(await deleteHistory(world.newDeps({ now: () => now, retention }), never)).toBe(
      "Deleted 1 of the history",
    );
    expect([...(await historyOf(world.sql, ids)).keys()]).toEqual([young]);
    const letters = await world.sql`select notification_id as id from letters`;
    expect(letters.map(({ id }) => id)).toEqual([young]);
  });
});

describe("what only operators look at", () => {
  test("goes after 90 days, but no replay that still runs; entries of the audit after two years", async () => {
    const replay = (state: string, endedAt: Date | null) => world.sql`
      insert into callback_replays (id, service_id, outcome, since, created_at, state, ended_at, position_at)
      values (gen_random_uuid(), ${world.service.id}, 'any', ${now}, ${daysAgo(100)}, ${state}, ${endedAt}, ${now})`;
    await replay("done", daysAgo(91));
    await replay("cancelled", daysAgo(89));
    await replay("running", null);
    for (const days of [91, 89]) {
      await world.sql`
        insert into broadcast_link_tests (id, provider, function, tested_at, succeeded, duration_ms)
        values (gen_random_uuid(), 'ee', 'ee-1-proxy', ${daysAgo(days)}, true, 10)`;
    }

    for (const days of [731, 729]) {
      await world.sql`
        insert into audit (id, at, user_name, action, subject)
        values (gen_random_uuid(), ${daysAgo(days)}, 'Ada', 'user.create', 'user 1')`;
    }
    const [ada] = await world.sql<{ id: string }[]>`
      insert into users (name, email_address) values ('Ada', 'ada@hall.example') returning id`;
    // Of lives of half an hour unused and twelve hours at most.
    for (const [created, seen] of [
      [12 * 60 + 1, 0],
      [31, 30],
      [29, 29],
    ] as const) {
      const [createdAt, seenAt] = [created, seen].map(
        (minutes) => new Date(now.getTime() - minutes * 60_000),
      );
      const tokenHash = crypto.getRandomValues(new Uint8Array(32));
      await world.sql`
        insert into sessions (token_hash, user_id, created_at, seen_at)
        values (${tokenHash}, ${ada?.id ?? ""}, ${createdAt ?? now}, ${seenAt ?? now})`;
    }

    expect(await deleteOldRecords(deps(), never)).toBe(
      "Deleted 1 replays, 1 link tests, 1 entries of the audit, 2 sessions",
    );

    const states = await world.sql`select state from callback_replays order by state`;
    expect(states.map(({ state }) => state)).toEqual(["cancelled", "running"]);
  });

  test("events go after 52 weeks, where there are any", async () => {
    await world.sql`create table if not exists events (id uuid primary key, event_type text, data json,
      created_at timestamptz not null)`;
    await world.sql`truncate events`;
    for (const days of [363, 365]) {
      await world.sql`insert into events (id, event_type, data, created_at)
        values (gen_random_uuid(), 'update_service', '{}', ${daysAgo(days)})`;
    }

    expect(await deleteEvents(deps(), never)).toBe("Deleted 1 old events");
    expect(await world.sql`select from events`).toHaveLength(1);

    await world.sql`drop table events`;
    expect(await deleteEvents(deps(), never)).toBe("Deleted 0 old events");
  });
});
