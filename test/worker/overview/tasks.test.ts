import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  listScheduleTimes,
  noteScheduleTimes,
  readLateSchedules,
} from "../../../shared/overview/schedules.ts";
import { fireSchedule } from "../../../shared/schedule/queries.ts";
import { nextTimeOf, schedulesFor } from "../../../worker/schedules.ts";
import { maintain } from "../../../worker/tasks/maintain.ts";
import { countedUntil, emptyTraffic, keptSteps, storeHappened } from "../../support/traffic.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await emptyTraffic(world.sql);
  await world.sql`truncate schedules, task_runs`;
});

afterAll(() => world[Symbol.asyncDispose]());

const on = (time: string) => new Date(`2026-03-10T${time}Z`);
const hourMs = 3_600_000;
const later = (at: Date, ms: number) => new Date(at.getTime() + ms);

/** As the queue has it done; answers with what it says. */
async function run(task: string, at: Date): Promise<string | undefined> {
  const dueAt = at.toISOString();
  await world.sql`insert into task_runs (task, due_at) values (${task}, ${dueAt}) on conflict do nothing`;
  await maintain({ task, dueAt }, world.newDeps({ now: () => at }), never);
  const [row] = await world.sql<{ detail: string }[]>`
    select detail from task_runs where task = ${task} and due_at = ${dueAt}`;
  return row?.detail;
}

describe("count-traffic", () => {
  test("makes up for an hour of a gap at a time", async () => {
    await storeHappened(world.sql, [{ serviceId: world.service.id, createdAt: on("11:30:00") }]);
    await countedUntil(world.sql, on("10:00:00"));

    const first = await run("count-traffic", on("12:00:10"));
    const afterFirst = await keptSteps(world.sql, 60);
    const second = await run("count-traffic", on("12:01:10"));

    expect(first).toStartWith("Counted from 2026-03-10T09:59:00.000Z to 2026-03-10T11:00:00.000Z");
    expect(afterFirst).toEqual([]);
    expect(second).toStartWith("Counted from 2026-03-10T10:50:00.000Z to 2026-03-10T12:00:00.000Z");
    expect(await keptSteps(world.sql, 60)).toHaveLength(2);
  });

  test("begins in a new installation with the last few minutes, so that its first message is seen at once", async () => {
    await storeHappened(world.sql, [{ serviceId: world.service.id, createdAt: on("11:58:30") }]);

    const said = await run("count-traffic", on("12:00:10"));

    expect(said).toContain(" to 2026-03-10T12:00:00.000Z");
    expect(await keptSteps(world.sql, 60)).toHaveLength(2);
  });

  test("keeps a step as long as a chart shows it, and sums what goes on whole", async () => {
    const began = new Date("2026-03-01T00:00:00Z");
    const createdAt = later(began, 30_000);
    await storeHappened(world.sql, [{ serviceId: world.service.id, createdAt }]);
    const kept = async (at: Date) => {
      await countedUntil(world.sql, later(at, -60_000));
      await run("count-traffic", at);
      const rows = await world.sql<{ step: number }[]>`
        select distinct step_seconds as step from traffic order by step_seconds`;
      return rows.map(({ step }) => step);
    };

    expect(await kept(later(began, 60_000))).toEqual([60, 300, 900, 3600, 14_400]);
    expect(await kept(later(began, 8 * hourMs))).toEqual([60, 300, 900, 3600, 14_400]);
    expect(await kept(later(began, 9 * hourMs))).toEqual([300, 900, 3600, 14_400]);
    expect(await kept(later(began, 47 * hourMs))).toEqual([300, 900, 3600, 14_400]);
    expect(await kept(later(began, 49 * hourMs))).toEqual([900, 3600, 14_400]);
    expect(await kept(later(began, 7 * 24 * hourMs))).toEqual([900, 3600, 14_400]);
    expect(await kept(later(began, 193 * hourMs))).toEqual([3600, 14_400]);
    expect(await kept(later(began, 31 * 24 * hourMs))).toEqual([3600, 14_400]);
    expect(await kept(later(began, 33 * 24 * hourMs))).toEqual([]);
  });

  test("sums up a day that it caught up with exactly, though its first minutes are gone by then", async () => {
    const until = on("12:00:00");
    const messages = Array.from({ length: 24 * 12 }, (_, n) => ({
      serviceId: world.service.id,
      createdAt: later(until, -(n * 5 + 2) * 60_000),
    }));
    await storeHappened(world.sql, messages);

    for (let n = 0; n < 25; n++) await run("count-traffic", later(until, n));

    const accepted = async (step: number) =>
      (await keptSteps(world.sql, step))
        .filter((line) => line.includes(world.service.id))
        .reduce((sum, line) => sum + Number(line.split(" ").at(-4)), 0);
    expect(await accepted(60)).toBe(8 * 12);
    expect(await accepted(300)).toBe(24 * 12);
    expect(await accepted(3600)).toBe(24 * 12);
  });
});

describe("count-letters-to-print", () => {
  test("says how many there are", async () => {
    expect(await run("count-letters-to-print", on("12:00:00"))).toBe("0 letters wait for the next print run");
  });
});

describe("note-schedules", () => {
  test("notes every task's times", async () => {
    const at = on("12:00:30");
    await run("note-schedules", at);

    const noted = await listScheduleTimes(world.sql);

    expect(noted.map(({ task }) => task).sort()).toEqual(
      schedulesFor(world.deps)
        .map(({ task }) => task)
        .sort(),
    );
    for (const { nextAt } of noted) expect(nextAt.getTime()).toBeGreaterThan(at.getTime());
    expect(noted.find(({ task }) => task === "check-queues")).toMatchObject({
      cron: "* * * * *",
      nextAt: on("12:01:00"),
      lastDueAt: null,
      outcome: null,
    });
  });

  test("forgets tasks that are no more", async () => {
    await noteScheduleTimes(
      world.sql,
      [{ task: "gone", cron: "* * * * *", lastDueAt: null, nextDueAt: on("10:00:00") }],
      on("10:00:00"),
    );

    await run("note-schedules", on("12:00:30"));

    expect((await listScheduleTimes(world.sql)).map(({ task }) => task)).not.toContain("gone");
  });

  test.each([
    // Of two ticks a day the one at 17:50 in London counts; the first Tuesday of a month may be weeks away.
    ["check-time-to-collate-letters", "2026-03-10T12:00:00Z", "2026-03-10T17:50:00.000Z"],
    ["check-time-to-collate-letters", "2026-07-10T12:00:00Z", "2026-07-10T16:50:00.000Z"],
    ["change-dvla-api-key", "2026-03-10T12:00:00Z", "2026-04-07T09:00:00.000Z"],
    ["run-populate-annual-billing", "2026-04-01T02:01:00Z", "2027-04-01T02:01:00.000Z"],
  ])("finds the next time of %s that counts", (task, at, next) => {
    const all = schedulesFor({ snsLog: {}, openSftp: {}, dvla: {} } as never);
    const schedule = all.find((one) => one.task === task);

    expect(schedule && nextTimeOf(schedule, new Date(at))?.toISOString()).toBe(next);
  });
});

describe("late schedules", () => {
  const task = "check-queues";
  const note = (at: Date) =>
    noteScheduleTimes(
      world.sql,
      [
        {
          task,
          cron: "*/10 * * * *",
          lastDueAt: new Date(Math.floor(at.getTime() / 600_000) * 600_000),
          nextDueAt: new Date(Math.ceil((at.getTime() + 1) / 600_000) * 600_000),
        },
      ],
      at,
    );
  const late = async (at: Date) =>
    (await readLateSchedules(world.sql, at)).map(({ dueAt, state }) => [dueAt, state]);
  const due = on("12:10:00");
  beforeEach(() => note(on("12:05:00")));

  test("are none before a task's time has passed since it is known, and a little more", async () => {
    expect(await late(on("12:09:00"))).toEqual([]);
    await note(on("12:11:00"));
    expect(await late(on("12:12:00"))).toEqual([]);
  });

  test("are those whose time made no job", async () => {
    await note(on("12:13:00"));

    expect(await late(on("12:13:00"))).toEqual([[due, "missed"]]);
  });

  test("are all once no worker is left to note when they are due", async () => {
    expect(await late(on("12:12:01"))).toEqual([[due, "missed"]]);
  });

  const ranAt = (time: string, facts: { startedAt?: Date; outcome?: "done" | "failed" }) => world.sql`
    insert into task_runs (task, due_at, started_at, outcome)
    values (${task}, ${on(time)}, ${facts.startedAt ?? null}, ${facts.outcome ?? null})`;

  test("are those whose job waits, but not at once", async () => {
    await note(on("12:11:00"));
    await fireSchedule(world.sql, task, due);

    expect(await late(on("12:12:00"))).toEqual([]);
    expect(await late(on("12:12:01"))).toEqual([[due, "waiting"]]);
  });

  test("are those whose first job waits though others came after it", async () => {
    await ranAt("12:00:00", { outcome: "done" });
    for (const time of ["12:10:00", "12:20:00", "12:30:00"]) await ranAt(time, {});
    await note(on("12:30:10"));

    expect(await late(on("12:30:10"))).toEqual([[due, "waiting"]]);
  });

  test("are those that take too long", async () => {
    await note(on("12:11:00"));
    await ranAt("12:10:00", { startedAt: on("12:10:30") });

    await note(on("12:25:00"));
    await world.sql`update schedules set last_due_at = ${due}`;

    expect(await late(on("12:25:30"))).toEqual([]);
    expect(await late(on("12:25:31"))).toEqual([[due, "running"]]);
  });

  test("are those whose last run failed", async () => {
    await ranAt("12:10:00", { startedAt: on("12:10:00"), outcome: "failed" });
    await note(on("12:11:00"));

    expect(await late(on("12:11:00"))).toEqual([[due, "failed"]]);
  });

  test("are none that ran, though an earlier run never ended", async () => {
    await ranAt("12:00:00", { startedAt: on("12:00:00") });
    await ranAt("12:10:00", { startedAt: on("12:10:00"), outcome: "done" });
    await note(on("12:11:00"));

    expect(await late(on("12:19:00"))).toEqual([]);
  });
});
