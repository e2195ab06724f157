import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { maintain } from "../../../worker/tasks/maintain.ts";
import type { NotificationFacts } from "../../support/notifications.ts";
import { jobsAbout, notificationRow } from "../../support/notifications.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`delete from notifications`;
  await world.sql`delete from pgboss.job`;
  await world.sql`delete from task_runs`;
});

afterAll(() => world[Symbol.asyncDispose]());

const dueAt = "2026-08-05T00:05:00.000Z";

async function run(task: string, deps = world.deps): Promise<void> {
  await world.sql`insert into task_runs (task, due_at) values (${task}, ${dueAt}) on conflict do nothing`;
  await maintain({ task, dueAt }, deps, never);
}

async function record(task: string) {
  const [row] = await world.sql`
    select outcome, detail, started_at is not null as started, finished_at >= started_at as finished
    from task_runs where task = ${task} and due_at = ${dueAt}`;
  return row;
}

function ago(ms: number): Date {
  return new Date(Date.now() - ms);
}

const hour = 3_600_000;
const day = 24 * hour;
const statusOf = async (id: string) => (await notificationRow(world.sql, id)).status;
const callbacksOf = (id: string) => jobsAbout(world.sql, "service-callbacks", id);

describe("timeout-sending-notifications", () => {
  const task = "timeout-sending-notifications";

  test.each<[string, NotificationFacts]>([
    ["a text that is sending", { status: "sending" }],
    ["a text that is pending", { status: "pending" }],
    ["an email that is sending", { status: "sending", channel: "email" }],
    ["a test key's", { status: "sending", keyType: "test" }],
    ["one that nobody noted the sending of", { status: "sending", sentAt: null }],
  ])("ends %s once it is three days old, and tells the service", async (_what, facts) => {
    const id = await world.notification({ ...facts, createdAt: ago(3 * day + 5000) });

    await run(task);

    const after = await notificationRow(world.sql, id);
    expect(after).toMatchObject({ status: "temporary-failure", reason: "No receipt came in time" });
    expect(after.updatedAt).not.toBeNull();
    expect(await callbacksOf(id)).toHaveLength(1);
    expect(await record(task)).toEqual({
      outcome: "done",
      detail: "Ended 1 notifications",
      started: true,
      finished: true,
    });
  });

  test.each<[string, NotificationFacts]>([
    ["younger", { status: "sending", createdAt: ago(3 * day - 60_000) }],
    ["created", { status: "created", createdAt: ago(10 * day) }],
    ["sent abroad", { status: "sent", createdAt: ago(10 * day) }],
    ["delivered", { status: "delivered", createdAt: ago(10 * day) }],
    ["failed", { status: "permanent-failure", createdAt: ago(10 * day) }],
  ])("leaves alone what is %s", async (_what, facts) => {
    const id = await world.notification(facts);
    const before = await notificationRow(world.sql, id);

    await run(task);

    expect(await notificationRow(world.sql, id)).toEqual(before);
    expect(await callbacksOf(id)).toEqual([]);
    expect((await record(task))?.detail).toBe("Ended 0 notifications");
  });

  test("ends all of many, once though it runs twice at the same time", async () => {
    await world.notification({ status: "sending", createdAt: ago(4 * day) });
    await world.sql`
      insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
        recipient, normalised_to, created_at, sent_at, sent_by)
      select gen_random_uuid(), service_id, template_id, 1, 'normal', 'sms', 'sending', recipient, normalised_to,
        created_at, sent_at, sent_by
      from notifications, generate_series(1, 2200)`;

    await Promise.all([run(task), run(task, world.newDeps())]);

    const statuses = await world.sql`select status, count(*)::int as count from notifications group by 1`;
    expect([...statuses]).toEqual([{ status: "temporary-failure", count: 2201 }]);
    const [jobs] = await world.sql`
      select count(*)::int as jobs, count(distinct data->>'subjectId')::int as subjects from pgboss.job`;
    expect(jobs).toEqual({ jobs: 2201, subjects: 2201 });
  });

  test("stops between batches when its worker does", async () => {
    const stop = new AbortController();
    stop.abort(new Error("The worker is stopping"));
    const id = await world.notification({ status: "sending", createdAt: ago(4 * day) });

    await expect(maintain({ task, dueAt }, world.deps, stop.signal)).rejects.toThrow(
      "The worker is stopping",
    );

    expect(await statusOf(id)).toBe("sending");
  });
});

describe("replay-created-notifications", () => {
  const task = "replay-created-notifications";
  const stuck = { createdAt: ago(2 * hour) };

  async function queueOf(id: string): Promise<string[]> {
    const rows = await world.sql<{ name: string }[]>`
      select name from pgboss.job where data->>'notificationId' = ${id}`;
    return rows.map(({ name }) => name);
  }

  test.each<[string, NotificationFacts, string]>([
    ["a text", {}, "deliver-sms"],
    ["an email", { channel: "email" }, "deliver-email"],
    ["a test key's text", { keyType: "test" }, "deliver-research"],
    ["a test key's email", { keyType: "test", channel: "email" }, "deliver-research"],
  ])(
    "queues %s that has no job again, once however often it runs, and says so",
    async (_what, facts, queue) => {
      const id = await world.notification({ ...stuck, ...facts });
      const before = world.lines.length;

      await run(task);
      const detail = (await record(task))?.detail;
      await run(task);

      const [job, ...others] = await world.sql`select name, data, group_id, state from pgboss.job`;
      expect(job).toEqual({
        name: queue,
        data: { notificationId: id },
        group_id: world.service.id,
        state: "created",
      });
      expect(others).toEqual([]);
      expect(detail).toBe("Queued 1 notifications again");
      const errors = world.lines.slice(before).filter(({ level }) => level === "error");
      expect(errors).toMatchObject([{ facts: { notifications: 1 } }]);
    },
  );

  test.each([
    ["waits", "deliver-sms", "created", 0],
    ["waits for another attempt", "deliver-sms", "retry", 0],
    ["is being worked", "deliver-sms", "active", 0],
    ["is to end it", "delivery-exhausted", "created", 0],
    ["was done", "deliver-sms", "completed", 1],
    ["failed for good", "deliver-sms", "failed", 1],
  ])("one whose job %s is queued again, or not, accordingly", async (_what, queue, state, replayed) => {
    const id = await world.notification(stuck);
    await world.sql`select enqueue_jobs(json_build_array(json_build_object(
      'name', ${queue}::text, 'data', json_build_object('notificationId', ${id}::text))))`;
    await world.sql`update pgboss.job set state = ${state}`;

    await run(task);

    expect(await queueOf(id)).toHaveLength(1 + replayed);
  });

  test.each<[string, NotificationFacts]>([
    ["younger than an hour", { createdAt: ago(59 * 60_000) }],
    ["older than a week", { createdAt: ago(7 * day + 60_000) }],
    ["sending", { ...stuck, status: "sending" }],
    ["ended", { ...stuck, status: "technical-failure" }],
  ])("leaves alone what is %s", async (_what, facts) => {
    const id = await world.notification(facts);

    await run(task);

    expect(await queueOf(id)).toEqual([]);
    expect((await record(task))?.detail).toBe("Queued 0 notifications again");
  });
});

describe("delete-old-idempotency-keys", () => {
  const task = "delete-old-idempotency-keys";

  async function keep(key: string, createdAt: Date, copies = 1): Promise<void> {
    await world.sql`
      insert into idempotency_keys (service_id, key_type, key, created_at, fingerprint, response)
      select ${world.service.id}, 'normal', ${key}::text || n, ${createdAt}, '', 'k.AAAA'
      from generate_series(1, ${copies}) as n`;
  }

  async function kept(): Promise<string[]> {
    const rows = await world.sql<{ key: string }[]>`select key from idempotency_keys order by key`;
    return rows.map(({ key }) => key);
  }

  beforeEach(async () => {
    await world.sql`delete from idempotency_keys`;
  });

  test("deletes all of many that are a day old, and no others", async () => {
    await keep("old-", ago(day + 1000), 12_000);
    await keep("young-", ago(day - 60_000));

    await run(task);
    const detail = (await record(task))?.detail;
    await run(task);

    expect(await kept()).toEqual(["young-1"]);
    expect(detail).toBe("Deleted 12000 old idempotency keys");
    expect((await record(task))?.detail).toBe("Deleted 0 old idempotency keys");
  });

  test("does not wait for a request that uses a key again", async () => {
    await keep("old-", ago(2 * day), 3);

    await world.sql.begin(async (request) => {
      await request`update idempotency_keys set created_at = now() where key = 'old-2'`;
      await run(task);
    });

    expect(await kept()).toEqual(["old-2"]);
  });

  test("stops between batches when its worker does", async () => {
    const stop = new AbortController();
    stop.abort(new Error("The worker is stopping"));
    await keep("old-", ago(2 * day));

    await expect(maintain({ task, dueAt }, world.deps, stop.signal)).rejects.toThrow(
      "The worker is stopping",
    );

    expect(await kept()).toEqual(["old-1"]);
  });
});

describe("maintain", () => {
  test("deletes old runs", async () => {
    const old = ago(91 * day);
    await world.sql`insert into task_runs (task, due_at) values ('other', ${old})`;

    // Of now, or it would be among them some day.
    const now = new Date().toISOString();
    await world.sql`insert into task_runs (task, due_at) values ('delete-old-task-runs', ${now})`;
    await maintain({ task: "delete-old-task-runs", dueAt: now }, world.deps, never);

    const runs = await world.sql`select task, outcome, detail from task_runs`;
    expect([...runs]).toEqual([
      { task: "delete-old-task-runs", outcome: "done", detail: "Deleted 1 old runs" },
    ]);
  });

  test("records that a task failed and asks for another attempt, which is recorded in its place", async () => {
    const task = "timeout-sending-notifications";
    const id = await world.notification({ status: "sending", createdAt: ago(4 * day) });
    await world.sql`update pgboss.queue set name = 'elsewhere' where name = 'service-callbacks'`;

    const failure = await run(task).catch((error: unknown) => error);
    const between = { record: await record(task), status: await statusOf(id) };
    await world.sql`update pgboss.queue set name = 'service-callbacks' where name = 'elsewhere'`;
    await run(task);

    expect(failure).toBeInstanceOf(Error);
    expect(between).toMatchObject({ record: { outcome: "failed", finished: true }, status: "sending" });
    expect(between.record?.detail).not.toContain("900123");
    expect(await record(task)).toMatchObject({ outcome: "done", detail: "Ended 1 notifications" });
    expect(await statusOf(id)).toBe("temporary-failure");
  });

  test("knows no other task", async () => {
    await expect(run("no-such-task")).rejects.toThrow('Cannot run "no-such-task": there is no such task');
  });
});
