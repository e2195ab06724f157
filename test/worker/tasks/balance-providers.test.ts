import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import { listProviderVersions } from "../../../shared/provider/queries.ts";
import { storeSlowness } from "../../../shared/provider/slowness-queries.ts";
import type { WorkerDeps } from "../../../worker/deps.ts";
import {
  balanceOnFailures,
  switchOnSlowDelivery,
  tendToMiddle,
} from "../../../worker/tasks/balance-providers.ts";
import { deliverEmail } from "../../../worker/tasks/deliver-email.ts";
import { deliverSms } from "../../../worker/tasks/deliver-sms.ts";
import { maintain } from "../../../worker/tasks/maintain.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;
/** Another process's. */
let other: Pool;

beforeAll(async () => {
  const env = { SNS_ACCESS_KEY_ID: "id", SNS_SECRET_ACCESS_KEY: "secret" };
  world = await openWorld({ worker: false, env });
  other = openDatabase(world.config.databaseUrl, {
    name: "other",
    connections: 3,
    statementTimeoutMs: 10_000,
  });
});

beforeEach(async () => {
  const { sql } = world;
  await sql`
    update provider_details set priority = case identifier when 'mmg' then 51 when 'firetext' then 49 else 100 end,
      active = identifier <> 'sns', reason = null, updated_at = ${longAgo(sql)}`;
  await sql`delete from provider_failures`;
  await sql`delete from provider_delivery`;
  await sql`delete from notifications`;
});

/** Another time for each version: one that stays the same would be taken for forgotten. */
function longAgo(sql: Pool) {
  return sql`'2000-01-01'::timestamptz + version * interval '1s'`;
}

afterEach(() => world.sandbox.clearFaults());

afterAll(async () => {
  await other.end({ timeout: 1 });
  await world[Symbol.asyncDispose]();
});

/** `mmg 51, firetext 49`, and the third where it is switched on. */
async function state() {
  const rows = await world.sql<{ name: string; priority: number; reason: string | null }[]>`
    select identifier as name, priority, reason from provider_details
    where notification_type = 'sms' and (active or identifier <> 'sns') order by identifier desc`;
  return rows.map(({ name, priority }) => `${name} ${priority}`).join(", ");
}

async function versions(): Promise<number> {
  const [row] = await world.sql<{ count: number }[]>`
    select count(*)::int as count from provider_details_history where updated_at > '2001-01-01'`;
  return row?.count ?? 0;
}

async function changedAgo(name: string, seconds: number): Promise<void> {
  await world.sql`
    update provider_details set updated_at = now() - ${seconds} * interval '1s' where identifier = ${name}`;
}

function over(name: string, failures: number, sql: Pool = world.sql) {
  const { log, deps } = world;
  return balanceOnFailures(new Map([[name, failures]]), {
    sql,
    log,
    configured: new Set(deps.smsProviders.keys()),
  });
}

describe("failed sends", () => {
  test("of one provider, over fifty in a minute, cost it ten points", async () => {
    await over("mmg", 50);
    const atFifty = await state();
    await over("mmg", 1);

    expect(atFifty).toBe("mmg 51, firetext 49");
    expect(await state()).toBe("mmg 41, firetext 59");
    expect((await listProviderVersions(world.sql, "mmg"))[0]).toMatchObject({
      priority: 41,
      reason: "Reduced due to reduced reliability",
      createdBy: null,
    });
    expect((await listProviderVersions(world.sql, "firetext"))[0]).toMatchObject({
      priority: 59,
      reason: "Increased due to reduced reliability in other provider",
    });
  });

  test("of two providers, under fifty each, cost nothing", async () => {
    await over("mmg", 50);
    await over("firetext", 50);

    expect(await state()).toBe("mmg 51, firetext 49");
  });

  test.each([
    ["this provider", "mmg", 59, "mmg 51, firetext 49"],
    ["the other", "firetext", 59, "mmg 51, firetext 49"],
    ["long enough ago", "firetext", 61, "mmg 41, firetext 59"],
  ])("cost nothing more after a change, whoever made it, of %s", async (_what, name, seconds, expected) => {
    await changedAgo(name, seconds);

    await over("mmg", 51);

    expect(await state()).toBe(expected);
  });

  test("take all from a provider that stays down, step by step", async () => {
    const states: string[] = [];
    for (let minute = 0; minute < 7; minute++) {
      await world.sql`update provider_details set updated_at = ${longAgo(world.sql)}`;
      await over("mmg", 51);
      await over("mmg", 51);
      states.push(await state());
    }

    expect(states).toEqual([
      "mmg 41, firetext 59",
      "mmg 31, firetext 69",
      "mmg 21, firetext 79",
      "mmg 11, firetext 89",
      "mmg 1, firetext 99",
      "mmg 0, firetext 100",
      "mmg 0, firetext 100",
    ]);
  });

  test("of one of three go to the two others", async () => {
    await world.sql`
      update provider_details set active = true, priority = 33, updated_at = ${longAgo(world.sql)}
      where identifier = 'sns'`;
    await over("mmg", 51);

    expect(await state()).toBe("sns 37, mmg 41, firetext 55");
  });

  test("cost nothing where there is no other provider", async () => {
    await world.sql`update provider_details set active = false where identifier = 'firetext'`;
    await changedAgo("firetext", 3600);

    await over("mmg", 60);

    expect(await state()).toBe("mmg 51, firetext 49");
  });

  test("are acted on once though several processes count them at the same time", async () => {
    const before = await versions();

    await Promise.all(Array.from({ length: 6 }, (_, n) => over("mmg", 30, n % 2 === 0 ? world.sql : other)));

    expect(await state()).toBe("mmg 41, firetext 59");
    expect((await versions()) - before).toBe(2);
  });

  /** Delivers that many texts, each once, and one at a time: of many at once, a worker spares a provider that fails. */
  async function deliver(deps: WorkerDeps, texts: number): Promise<void> {
    for (let n = 0; n < texts; n++) {
      const notificationId = await world.notification();
      await deliverSms({ notificationId }, deps, never).catch(() => {});
    }
    await deps.failedSends.flush();
  }

  test.each<[string, object]>([
    ["refuses", { status: 500 }],
    ["drops the connection", { reset: true }],
    ["cannot use the request", { status: 400 }],
  ])("by two workers count together where a provider %s", async (_what, fault) => {
    world.sandbox.setFault({ provider: "mmg", ...fault });
    const mmgOnly = { random: () => 0.999 };
    const workers = [world.newDeps(mmgOnly), world.newDeps(mmgOnly)] as const;

    await deliver(workers[0], 26);
    const atFirst = await state();
    await deliver(workers[1], 26);

    expect(atFirst).toBe("mmg 51, firetext 49");
    expect(await state()).toBe("mmg 41, firetext 59");
  });

  test("of emails change nothing", async () => {
    world.sandbox.setFault({ provider: "ses", status: 500 });
    const ids = await Promise.all(Array.from({ length: 55 }, () => world.notification({ channel: "email" })));

    await Promise.allSettled(
      ids.map((notificationId) => deliverEmail({ notificationId }, world.deps, never)),
    );
    await world.deps.failedSends.flush();

    expect([...(await world.sql`select from provider_failures`)]).toEqual([]);
    expect((await listProviderVersions(world.sql, "ses"))[0]?.priority).toBe(100);
  });
});

describe("slow delivery", () => {
  async function counted(mmg: number, firetext: number): Promise<void> {
    await storeSlowness(world.sql, [
      { name: "mmg", minutes: 5, slow: mmg, total: 100 },
      { name: "firetext", minutes: 5, slow: firetext, total: 100 },
    ]);
  }

  test.each([
    [14, 0, "mmg 51, firetext 49", "No provider is slow"],
    [15, 14, "mmg 41, firetext 59", "Slow: mmg; Changed firetext to 59, mmg to 41"],
    [0, 100, "mmg 61, firetext 39", "Slow: firetext; Changed firetext to 39, mmg to 61"],
    [15, 15, "mmg 51, firetext 49", "Slow: firetext, mmg; Changed nothing"],
  ])("of %d %% and %d %%: %s", async (mmg, firetext, expected, detail) => {
    await counted(mmg, firetext);

    expect(await switchOnSlowDelivery(world.deps)).toBe(detail);
    expect(await state()).toBe(expected);
  });

  test.each([
    [299, "mmg 51, firetext 49"],
    [301, "mmg 41, firetext 59"],
  ])("after a change %d seconds ago: %s", async (seconds, expected) => {
    await counted(50, 0);
    await changedAgo("firetext", seconds);

    await switchOnSlowDelivery(world.deps);

    expect(await state()).toBe(expected);
  });

  test("is not judged by old figures", async () => {
    await counted(50, 0);
    await world.sql`update provider_delivery set counted_at = now() - interval '3 minutes'`;

    expect(await switchOnSlowDelivery(world.deps)).toBe("No provider is slow");
    expect(await state()).toBe("mmg 51, firetext 49");
  });

  test("is acted on once though two processes find it at the same time", async () => {
    await counted(50, 0);
    const before = await versions();

    await Promise.all([
      switchOnSlowDelivery(world.deps),
      switchOnSlowDelivery(world.newDeps({ sql: other })),
      over("mmg", 80, other),
    ]);

    expect(await state()).toBe("mmg 41, firetext 59");
    expect((await versions()) - before).toBe(2);
  });

  test("moves a share from texts in the table to priorities", async () => {
    const sentAt = new Date(Date.now() - 310_000);
    for (let n = 0; n < 4; n++) await world.notification({ status: "delivered", sentBy: "firetext" });
    await world.sql`update notifications set updated_at = sent_at`;
    for (let n = 0; n < 4; n++) {
      await world.notification({
        status: n === 0 ? "sending" : "delivered",
        sentBy: "mmg",
        sentAt,
        createdAt: sentAt,
      });
    }
    await world.sql`update notifications set updated_at = sent_at + interval '1s' where updated_at is null`;
    const dueAt = new Date().toISOString();
    const tasks = ["generate-sms-delivery-stats", "switch-current-sms-provider-on-slow-delivery"];

    for (const task of tasks) {
      await world.sql`insert into task_runs (task, due_at) values (${task}, ${dueAt})`;
      await maintain({ task, dueAt }, world.deps, never);
    }

    expect(await state()).toBe("mmg 41, firetext 59");
    const runs = await world.sql<{ detail: string }[]>`
      select detail from task_runs where due_at = ${dueAt} order by task`;
    expect(runs[0]?.detail).toBe("Of 8 texts 1 took five minutes or more");
    expect(runs[1]?.detail).toStartWith("Slow: mmg; Changed ");
  });
});

describe("tending back", () => {
  test("of three goes to where each has its part", async () => {
    await world.sql`update provider_details set active = true, priority = 50 where identifier = 'sns'`;
    const states: string[] = [];
    for (let n = 0; n < 3; n++) {
      await world.sql`update provider_details set updated_at = ${longAgo(world.sql)}`;
      await tendToMiddle(world.deps);
      states.push(await state());
    }

    expect(states).toEqual([
      "sns 40, mmg 41, firetext 39",
      "sns 33, mmg 34, firetext 33",
      "sns 33, mmg 34, firetext 33",
    ]);
  });

  async function standAt(mmg: number, firetext: number, secondsAgo = 3600): Promise<void> {
    await world.sql`
      update provider_details set priority = case identifier when 'mmg' then ${mmg}::int else ${firetext}::int end,
        updated_at = now() - ${secondsAgo} * interval '1s'
      where identifier in ('mmg', 'firetext')`;
  }

  test.each([
    [0, 100, 3600, "mmg 10, firetext 90"],
    [100, 0, 3600, "mmg 90, firetext 10"],
    [46, 54, 3600, "mmg 51, firetext 49"],
    [0, 100, 899, "mmg 0, firetext 100"],
    [0, 100, 901, "mmg 10, firetext 90"],
  ])("from mmg %d, firetext %d after %d seconds: %s", async (mmg, firetext, seconds, expected) => {
    await standAt(mmg, firetext, seconds);

    await tendToMiddle(world.deps);

    expect(await state()).toBe(expected);
  });

  test("says why, and is quiet for a quarter of an hour", async () => {
    await standAt(0, 100);

    await tendToMiddle(world.deps);
    const again = await tendToMiddle(world.deps);

    expect(again).toBe("Changed nothing");
    expect((await listProviderVersions(world.sql, "mmg"))[0]).toMatchObject({
      priority: 10,
      reason: "Adjusted back to resting point",
    });
  });

  test("makes no version where all rest", async () => {
    const before = await versions();
    const [task, dueAt] = ["tend-providers-back-to-middle", new Date().toISOString()];
    await world.sql`insert into task_runs (task, due_at) values (${task}, ${dueAt})`;

    await maintain({ task, dueAt }, world.deps, never);

    const [run] = await world.sql`select outcome, detail from task_runs where task = ${task}`;
    expect(run).toEqual({ outcome: "done", detail: "Changed nothing" });
    expect(await versions()).toBe(before);
  });

  test("goes where the settings say", async () => {
    const restingPoints = new Map([
      ["mmg", 20],
      ["firetext", 80],
    ]);

    await tendToMiddle(world.newDeps({ restingPoints }));

    expect(await state()).toBe("mmg 41, firetext 59");
  });

  test("leaves alone what is switched off, and emails", async () => {
    await standAt(0, 100);
    await world.sql`update provider_details set active = false where identifier = 'firetext'`;
    await world.sql`update provider_details set priority = 7, updated_at = ${longAgo(world.sql)} where notification_type = 'email'`;

    await tendToMiddle(world.deps);

    expect(await state()).toBe("mmg 10, firetext 100");
    expect([...(await world.sql`select from provider_details where priority = 7`)]).toHaveLength(2);
  });

  test("is done once though two processes do it at the same time", async () => {
    await standAt(0, 100);

    await Promise.all([tendToMiddle(world.deps), tendToMiddle(world.newDeps({ sql: other }))]);

    expect(await state()).toBe("mmg 10, firetext 90");
  });
});

describe("ten minutes of slow texts", () => {
  const subject =
    "Over 10% of text messages sent in the last 25 minutes have taken over 5 minutes to deliver.";
  const task = "generate-sms-delivery-stats";

  async function minute(n: number): Promise<void> {
    const dueAt = new Date(Date.UTC(2026, 7, 5, 12, n)).toISOString();
    await world.sql`insert into task_runs (task, due_at) values (${task}, ${dueAt}) on conflict do nothing`;
    await maintain({ task, dueAt }, world.deps, never);
  }

  test("are told once, at the tenth, and again after a good minute", async () => {
    await world.sql`delete from slow_delivery`;
    const sentAt = new Date(Date.now() - 400_000);
    await world.notification({ status: "sending", sentBy: "mmg", sentAt, createdAt: sentAt });
    for (let n = 0; n < 7; n++) await world.notification({ status: "sending", sentBy: "firetext" });
    const alerts = () => world.lines.filter(({ message }) => message === subject);

    for (let n = 1; n <= 9; n++) await minute(n);
    // A task that runs again is no other minute.
    await minute(9);
    const before = alerts().length;
    for (let n = 10; n <= 15; n++) await minute(n);
    const after = alerts();
    await world.sql`update notifications set sent_at = now()`;
    await minute(16);
    await world.sql`update notifications set sent_at = ${sentAt} where sent_by = 'mmg'`;
    for (let n = 17; n <= 27; n++) await minute(n);

    expect(before).toBe(0);
    expect(after).toMatchObject([
      {
        level: "error",
        facts: {
          slow: 1,
          total: 8,
          percentage: 13,
          providers: [
            { name: "firetext", slow: 0, total: 7, ratio: 0 },
            { name: "mmg", slow: 1, total: 1, ratio: 1 },
          ],
        },
      },
    ]);
    expect(alerts()).toHaveLength(2);
  });
});
