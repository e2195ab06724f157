import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { listOpenAlerts } from "../../../shared/alert/queries.ts";
import { setRetention } from "../../../shared/retention/queries.ts";
import { fireSchedule } from "../../../shared/schedule/queries.ts";
import { RetryIn } from "../../../worker/consume.ts";
import { queueDeletions } from "../../../worker/tasks/retention/queue-deletions.ts";
import { liveOf } from "../../support/history.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

const dueAt = "2026-11-21T03:00:00.000Z";
const now = new Date("2026-11-21T03:00:05Z");
const countedAt = "2026-11-21T00:30:00Z";
const counting = "create-nightly-notification-status";
const dayMs = 24 * 3_600_000;

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`truncate notifications, task_runs, alerts, service_data_retention`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

const counted = (outcome: string | null, at = countedAt) =>
  world.sql`insert into task_runs (task, due_at, outcome) values (${counting}, ${at}, ${outcome})`;
const made = (days: number, serviceId = world.service.id) =>
  world.notification({ serviceId, createdAt: new Date(now.getTime() - days * dayMs) });
const queue = () => queueDeletions(world.newDeps({ now: () => now }), never, dueAt);
const jobs = async () =>
  await world.sql<{ groupId: string; data: object }[]>`
    select group_id as "groupId", data from pgboss.job where name = 'delete-notifications' order by group_id`;
const openAlerts = async () => (await listOpenAlerts(world.sql)).map(({ subject }) => subject);

describe("delete-notifications-older-than-retention", () => {
  test("queues one job for each service that has something to delete, with what it keeps of each type", async () => {
    await counted("done");
    const [short, young] = [await world.addService("Short"), await world.addService("Young")];
    const at = now;
    await setRetention(world.sql, {
      id: crypto.randomUUID(),
      serviceId: short.id,
      type: "email",
      days: 3,
      at,
    });
    await made(8);
    await made(4, short.id);
    await made(6, young.id);

    await queue();
    await queue();

    const week = "2026-11-14T00:00:00.000Z";
    const expected = [
      { groupId: world.service.id, data: { since: { sms: week, email: week, letter: week } } },
      { groupId: short.id, data: { since: { sms: week, email: "2026-11-18T00:00:00.000Z", letter: week } } },
    ];
    expected.sort((a, b) => (a.groupId < b.groupId ? -1 : 1));
    expect(await jobs()).toMatchObject(expected);
  });

  test.each([
    ["are missing", null],
    ["failed", () => counted("failed")],
    ["are those of the night before", () => counted("done", "2026-11-20T00:30:00Z")],
  ])("waits while status facts %s, and tells", async (_, arrange) => {
    await arrange?.();
    await made(8);

    await expect(queue()).rejects.toBeInstanceOf(RetryIn);

    expect(await jobs()).toHaveLength(0);
    expect(await openAlerts()).toEqual(["deletion-waits-for-status-facts"]);
  });

  test("waits and tells nobody yet while they are being counted", async () => {
    await counted(null);
    await made(8);

    await expect(queue()).rejects.toBeInstanceOf(RetryIn);

    expect(await jobs()).toHaveLength(0);
    expect(await openAlerts()).toEqual([]);
  });

  test("goes on once they are there, and the alert is over", async () => {
    await made(8);
    await queue().catch(() => {});
    await counted("done");

    await queue();

    expect(await jobs()).toHaveLength(1);
    expect(await openAlerts()).toEqual([]);
  });

  test("needs no facts where there is nothing to delete", async () => {
    await made(6);

    expect(await queue()).toBe("No service has notifications older than it keeps them");
    expect(await openAlerts()).toEqual([]);
  });

  test("has a worker delete what is old, by its schedule", async () => {
    const old = await world.notification({ createdAt: new Date(Date.now() - 10 * dayMs) });
    const young = await world.notification({ status: "delivered" });
    const due = new Date();
    due.setUTCHours(3, 0, 0, 0);
    const countedToday = new Date(due);
    countedToday.setUTCHours(0, 30);
    await counted("done", countedToday.toISOString());

    await fireSchedule(world.sql, "delete-notifications-older-than-retention", due);
    const worker = await world.startWorker();
    await until(async () => (await liveOf(world.sql, [old])).length === 0, "the old one is gone");
    await worker.stop(5000);

    expect(await liveOf(world.sql, [old, young])).toEqual([young]);
  });
});
