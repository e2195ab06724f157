import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  catchUpSchedules,
  lastTime,
  type Schedule,
  startSchedules,
  utcCron,
} from "../../worker/schedules.ts";
import { createListLog } from "../support/list-log.ts";
import { openQueueWorld, type QueueWorld } from "../support/queue.ts";
import { until } from "../support/until.ts";

describe("a schedule's times", () => {
  let zone: string | undefined;

  beforeEach(() => {
    zone = process.env.TZ;
    process.env.TZ = "Europe/London";
  });

  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  test.each([
    ["2026-01-01T12:14:59.999Z", "2026-01-01T12:00:00.000Z"],
    ["2026-01-01T12:15:00.000Z", "2026-01-01T12:15:00.000Z"],
    ["2026-01-01T12:15:00.001Z", "2026-01-01T12:15:00.000Z"],
    ["2026-01-01T12:29:59.999Z", "2026-01-01T12:15:00.000Z"],
    ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"],
  ])("the last until %s is %s", (at, last) => {
    const cron = utcCron("*/15 * * * *", () => {});

    expect(lastTime(cron, new Date(at))?.toISOString()).toBe(last);
    cron.stop();
  });

  const changes = [2026, 2027, 2028, 2035].flatMap((year) =>
    [2, 9].map((month) => {
      const end = new Date(Date.UTC(year, month + 1, 0));
      end.setUTCDate(end.getUTCDate() - end.getUTCDay());
      return end.toISOString().slice(0, 10);
    }),
  );

  test.each(changes)("are UTC on a machine in London, whose clocks change on %s", (day) => {
    const quarter = 15 * 60_000;
    const from = new Date(`${day}T00:00:00Z`).getTime() - 12 * 3_600_000;
    const quarters = utcCron("*/15 * * * *", () => {});
    const nightly = utcCron("5 0 * * *", () => {});
    const late = utcCron("30 1 * * *", () => {});

    // So that this shows something.
    expect(new Date(from).getTimezoneOffset()).not.toBe(new Date(from + 24 * 3_600_000).getTimezoneOffset());
    expect(quarters.nextRuns(96, new Date(from - 1)).map((at) => at.getTime())).toEqual(
      Array.from({ length: 96 }, (_, n) => from + n * quarter),
    );
    for (const [cron, time] of [
      [nightly, "00:05"],
      [late, "01:30"],
    ] as const) {
      const first = new Date(`${day}T${time}:00Z`).getTime();
      expect(cron.nextRuns(2, new Date(from)).map((at) => at.getTime())).toEqual([first, first + 86_400_000]);
      expect(lastTime(cron, new Date(first + 60_000))?.getTime()).toBe(first);
      expect(lastTime(cron, new Date(first + 86_400_000))?.getTime()).toBe(first + 86_400_000);
    }
    for (const cron of [quarters, nightly, late]) cron.stop();
  });
});

describe("startSchedules", () => {
  const task = "timeout-sending-notifications";
  const morning = new Date("2026-08-05T09:00:00Z");
  const { log, lines } = createListLog();

  async function jobs({ sql }: QueueWorld): Promise<unknown[]> {
    const rows = await sql`select data from pgboss.job where name = 'maintenance' order by data->>'dueAt'`;
    return rows.map(({ data }) => data);
  }

  async function ranAt({ sql }: QueueWorld, of: string, dueAt: string): Promise<void> {
    await sql`insert into task_runs (task, due_at, outcome) values (${of}, ${dueAt}, 'done')`;
  }

  test("catches up the last time that was missed, not the ones before it", async () => {
    await using world = await openQueueWorld();
    await ranAt(world, task, "2026-08-01T00:05:00Z");

    await catchUpSchedules(world.sql, log, morning);

    expect(await jobs(world)).toEqual([{ task, dueAt: "2026-08-05T00:05:00.000Z" }]);
  });

  test("catches up once though several workers start, and one starts again", async () => {
    await using world = await openQueueWorld();
    await ranAt(world, task, "2026-08-04T00:05:00Z");

    await Promise.all(Array.from({ length: 5 }, () => catchUpSchedules(world.sql, log, morning)));
    await catchUpSchedules(world.sql, log, morning);

    expect(await jobs(world)).toEqual([{ task, dueAt: "2026-08-05T00:05:00.000Z" }]);
  });

  test("catches up what became due in this millisecond", async () => {
    await using world = await openQueueWorld();
    await ranAt(world, task, "2026-08-04T00:05:00Z");

    await catchUpSchedules(world.sql, log, new Date("2026-08-05T00:05:00Z"));

    expect(await jobs(world)).toEqual([{ task, dueAt: "2026-08-05T00:05:00.000Z" }]);
  });

  test("catches up nothing that never ran, ran in time, or may not be caught up", async () => {
    await using world = await openQueueWorld();
    await catchUpSchedules(world.sql, log, morning);
    await ranAt(world, task, "2026-08-05T00:05:00Z");
    await ranAt(world, "replay-created-notifications", "2026-08-01T00:00:00Z");
    await ranAt(world, "delete-old-task-runs", "2026-08-01T03:04:00Z");

    await catchUpSchedules(world.sql, log, morning);

    expect(await jobs(world)).toEqual([]);
  });

  test("catches up when it starts", async () => {
    await using world = await openQueueWorld();
    await ranAt(world, "yearly", "2026-01-01T00:00:00Z");
    const yearly: Schedule[] = [{ task: "yearly", cron: "0 0 1 1 *", catchUp: true }];

    (await startSchedules(world.sql, log, () => new Date("2027-08-05T09:00:00Z"), yearly))();

    expect(await jobs(world)).toEqual([{ task: "yearly", dueAt: "2027-01-01T00:00:00.000Z" }]);
  });

  const everySecond: Schedule[] = [{ task: "tick", cron: "* * * * * *", catchUp: false }];

  test("makes one job of each time though three workers have the schedule, and none once stopped", async () => {
    await using world = await openQueueWorld();
    const now = () => new Date();

    const starts = [1, 2, 3].map(() => startSchedules(world.sql, log, now, everySecond));
    const stops = await Promise.all(starts);
    await until(async () => (await jobs(world)).length >= 2, "two seconds have begun");
    for (const stop of stops) stop();

    // At one moment: a time that came just before the stop may still be being stored.
    const [stored] = await world.sql<{ runs: string[]; jobs: string[] }[]>`
      select (select json_agg(to_char(due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') order by due_at)
          from task_runs) as runs,
        (select json_agg(data->>'dueAt' order by data->>'dueAt') from pgboss.job where name = 'maintenance') as jobs`;
    expect(stored?.jobs).toEqual(stored?.runs ?? []);
    // A machine that stands still for a second may leave one out.
    for (const dueAt of stored?.runs ?? []) expect(dueAt).toEndWith(".000Z");
  });

  test("says that it cannot queue a task, and goes on", async () => {
    await using world = await openQueueWorld();
    await world.sql`update pgboss.queue set name = 'elsewhere' where name = 'maintenance'`;
    const before = lines.length;

    const stop = await startSchedules(world.sql, log, () => new Date(), everySecond);
    await until(() => lines.length > before, "a time has come");
    const between = await world.sql`select from task_runs`;
    await world.sql`update pgboss.queue set name = 'maintenance' where name = 'elsewhere'`;
    await until(async () => (await jobs(world)).length > 0, "the next time has come");
    stop();

    expect(lines[before]).toMatchObject({ level: "error", message: "Cannot queue a scheduled task" });
    expect(between).toHaveLength(0);
  });
});
