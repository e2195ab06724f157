import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { lastClosed, runTimeOf } from "../../../../shared/letter/print-day.ts";
import { listPrintRuns } from "../../../../shared/letter/print-run.ts";
import { catchUpSchedules } from "../../../../worker/schedules.ts";
import { checkPrintRuns } from "../../../../worker/tasks/letters/check-print-runs.ts";
import { checkTimeToCollate } from "../../../../worker/tasks/letters/check-time-to-collate.ts";
import { storeLetters } from "../../../support/letters.ts";
import { createListLog } from "../../../support/list-log.ts";
import { until } from "../../../support/until.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";
import { printing } from "./print-world.ts";

let world: World;
let print: ReturnType<typeof printing>;

beforeAll(async () => {
  world = await openWorld({ worker: false, dvla: {} });
  print = printing(world);
});

beforeEach(async () => {
  await world.sql`
    truncate letters, notifications, letter_batch_members, letter_batches, print_runs, task_runs, alerts cascade`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

const task = "check-time-to-collate-letters";
const at = (text: string) => () => new Date(text);
const depsAt = (text: string) => world.newDeps({ now: at(text) });
const runs = async () => {
  const found = await listPrintRuns(world.sql, 100);
  return found.map(({ printDate, deadline, kind }) => [printDate, deadline.toISOString(), kind]);
};
const collating = () => world.sql`select from pgboss.job where name = 'collate-letters'`;

describe("check-time-to-collate-letters", () => {
  test.each([
    ["2026-07-01T16:50:00.000Z", "2026-07-01", "2026-07-01T16:30:00.000Z"],
    ["2026-12-01T17:50:00.000Z", "2026-12-01", "2026-12-01T17:30:00.000Z"],
    ["2026-03-29T16:50:00.000Z", "2026-03-29", "2026-03-29T16:30:00.000Z"],
    ["2026-10-25T17:50:00.000Z", "2026-10-25", "2026-10-25T17:30:00.000Z"],
    ["2026-12-25T17:50:00.000Z", "2026-12-25", "2026-12-25T17:30:00.000Z"],
  ])("due at %s starts the run of %s with the deadline %s", async (dueAt, printDate, deadline) => {
    await checkTimeToCollate(depsAt(dueAt), never, dueAt);

    expect(await runs()).toEqual([[printDate, deadline, "scheduled"]]);
    expect(await collating()).toHaveLength(1);
    expect(await print.openAlerts()).toEqual([]);
  });

  test("starts it once though it is run again, and by several workers", async () => {
    const dueAt = "2026-12-01T17:50:00.000Z";

    const details = await Promise.all([1, 2, 3].map(() => checkTimeToCollate(depsAt(dueAt), never, dueAt)));

    expect(details.toSorted()).toEqual([
      "Started the run of 2026-12-01",
      "The run of 2026-12-01 was started already",
      "The run of 2026-12-01 was started already",
    ]);
    expect(await runs()).toHaveLength(1);
    expect(await collating()).toHaveLength(1);
  });

  test("keeps the deadline of its evening though it runs the next day, and tells that it was late", async () => {
    const dueAt = "2026-12-01T17:50:00.000Z";
    await checkPrintRuns(depsAt("2026-12-01T18:30:00Z"), never, "2026-12-01T18:30:00.000Z");
    const missing = await print.openAlerts();

    await checkTimeToCollate(depsAt("2026-12-02T09:00:00Z"), never, dueAt);

    expect(missing).toEqual(["print-run:2026-12-01"]);
    expect(await runs()).toEqual([["2026-12-01", "2026-12-01T17:30:00.000Z", "scheduled"]]);
    expect(await print.openAlerts()).toEqual(["print-run-late:2026-12-01"]);
  });
});

describe("a worker that starts", () => {
  const { log } = createListLog();

  async function jobsAfter(start: string, lastRun: string): Promise<unknown[]> {
    await world.sql`insert into task_runs (task, due_at, outcome) values (${task}, ${lastRun}, 'done')`;
    await catchUpSchedules(world.sql, log, new Date(start));
    const rows = await world.sql`select data from pgboss.job where name = 'maintenance'`;
    return rows.map(({ data }) => data).filter((data) => data.task === task);
  }

  test.each([
    // In summer the tick that counts is the first of two, and the second has come since.
    ["2026-07-02T09:00:00Z", "2026-06-30T16:50:00Z", "2026-07-01T16:50:00.000Z"],
    ["2026-07-01T18:00:00Z", "2026-06-30T16:50:00Z", "2026-07-01T16:50:00.000Z"],
    ["2026-12-02T09:00:00Z", "2026-11-30T17:50:00Z", "2026-12-01T17:50:00.000Z"],
    // The evening of the change, and after three missed evenings the last.
    ["2026-10-26T09:00:00Z", "2026-10-24T16:50:00Z", "2026-10-25T17:50:00.000Z"],
    ["2026-03-30T09:00:00Z", "2026-03-26T17:50:00Z", "2026-03-29T16:50:00.000Z"],
  ])("at %s catches up the run that was missed since %s: that of %s", async (start, lastRun, dueAt) => {
    expect(await jobsAfter(start, lastRun)).toEqual([{ task, dueAt }]);
  });

  test.each([
    ["2026-07-01T17:55:00Z", "2026-07-01T16:50:00Z"],
    ["2026-12-01T17:00:00Z", "2026-11-30T17:50:00Z"],
  ])("at %s has missed none since %s", async (start, lastRun) => {
    expect(await jobsAfter(start, lastRun)).toEqual([]);
  });
});

describe("check-print-runs", () => {
  const evening = "2026-12-01T18:30:00.000Z";

  test("is content with a run that is planned", async () => {
    await checkTimeToCollate(depsAt("2026-12-01T17:50:00Z"), never, "2026-12-01T17:50:00.000Z");
    await world.sql`update print_runs set status = 'planned'`;

    const detail = await checkPrintRuns(depsAt(evening), never, evening);

    expect(detail).toBe("The run of 2026-12-01 is planned; 0 batches are late");
    expect(await print.openAlerts()).toEqual([]);
  });

  test("tells of one that is not planned yet", async () => {
    await checkTimeToCollate(depsAt("2026-12-01T17:50:00Z"), never, "2026-12-01T17:50:00.000Z");

    await checkPrintRuns(depsAt(evening), never, evening);

    expect(await print.openAlerts()).toEqual(["print-run:2026-12-01"]);
  });

  test.each(["2026-12-01T18:00:00.000Z", "2026-12-01T19:00:00.000Z", "2026-07-01T18:30:00.000Z"])(
    "looks for the run at 18:30 in London, not at %s",
    async (dueAt) => {
      await checkPrintRuns(depsAt(dueAt), never, dueAt);

      expect(await print.openAlerts()).toEqual([]);
    },
  );

  test("tells of batches that nobody brings to the printer, until they are there", async () => {
    const batch = await print.planBatch([{}]);
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const later = new Date(Date.now() + 3 * 3_600_000).toISOString();
    const noon = "2026-12-01T12:00:00.000Z";

    await checkPrintRuns(depsAt(soon), never, noon);
    const early = await print.openAlerts();
    await checkPrintRuns(depsAt(later), never, noon);
    const late = await print.openAlerts();
    await print.upload(batch);
    await checkPrintRuns(depsAt(later), never, noon);

    expect([early, late, await print.openAlerts()]).toEqual([[], ["letter-batches-late"], []]);
  });
});

test("a letter's run, from its schedule to the printer, by a worker", async () => {
  await world.startWorker();
  const printDate = lastClosed(new Date());
  const dueAt = runTimeOf(printDate).toISOString();
  const letters = await storeLetters({ ...world, storage: world.deps.storage }, [{}, { postage: "first" }]);
  await world.sql`insert into task_runs (task, due_at) values (${task}, ${dueAt})`;

  await world.sql`select enqueue_jobs(json_build_array(json_build_object('name', 'maintenance', 'data',
    json_build_object('task', ${task}::text, 'dueAt', ${dueAt}::text))))`;
  await until(
    async () => (await print.statuses({ id: "", name: "", letters })).every((s) => s === "sending"),
    "sent",
  );

  const printed = (await print.printed()).flat();
  expect(letters.map(({ reference }) => printed.filter((one) => one === reference).length)).toEqual([1, 1]);
});
