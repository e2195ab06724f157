import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Cipher } from "../../../shared/encryption.ts";
import { processBatch } from "../../../worker/tasks/batches/process-batch.ts";
import { processRows } from "../../../worker/tasks/batches/process-rows.ts";
import {
  checkBatchStatus,
  checkMissingRows,
  runScheduledBatches,
  updateProcessedBatches,
} from "../../../worker/tasks/batches/repair-batches.ts";
import { freePort } from "../../support/free-port.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World } from "../../support/world.ts";
import { runInWorld } from "../../support/world-cli.ts";
import { never } from "../providers/provider-server.ts";
import { peopleCsv, rowsOfBatch, statusOf, storeBatch } from "./batch-world.ts";
import { jobsOf, workRows } from "./work.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`truncate notifications, job_row_groups, jobs, service_counters, alerts`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

const minutes = (count: number) => new Date(Date.now() + count * 60_000);
const later = (count: number) => world.newDeps({ now: () => minutes(count) });
const process = (batchId: string, deps = world.deps) => processBatch({ batchId }, deps, never);

/** Every row has one notification, and each of those one delivery. */
async function expectWhole(id: string, rows: number): Promise<void> {
  expect((await rowsOfBatch(world, id)).map(({ number }) => number)).toEqual(
    Array.from({ length: rows }, (_, n) => n),
  );
  const ids = await world.sql<
    { id: string }[]
  >`select id from notifications where job_id = ${id} order by id`;
  const deliveries = (await jobsOf(world, "deliver-sms")).map(({ data }) => data.notificationId);
  expect(deliveries.sort()).toEqual(ids.map((one) => one.id));
  const [counter] = await world.sql<{ sms: number }[]>`
    select sms::integer from service_counters where service_id = ${world.service.id}`;
  expect(counter?.sms).toBe(rows);
  expect(await statusOf(world, id)).toBe("finished all notifications created");
}

/** Each group of rows takes its time to be stored, so that who stores them can die before the last. */
async function slowInserts(): Promise<AsyncDisposable> {
  await world.sql`
    create function take_time() returns trigger language plpgsql as 'begin perform pg_sleep(0.5); return null; end'`;
  await world.sql`
    create trigger slow before insert on notifications for each statement execute function take_time()`;
  return {
    async [Symbol.asyncDispose]() {
      await world.sql`drop function if exists take_time cascade`;
    },
  };
}

/** A worker that dies when it would encrypt for the so-manieth time. */
function dyingAt(count: number) {
  let left = count;
  const cipher: Cipher = {
    ...world.cipher,
    encrypt: async (plain, purpose) => {
      left -= 1;
      if (left <= 0) throw new Error("killed");
      return await world.cipher.encrypt(plain, purpose);
    },
  };
  return world.newDeps({ cipher });
}

describe("whoever dies", () => {
  test("between two groups of rows leaves the rest to the next", async () => {
    const id = await storeBatch(world, { csv: peopleCsv(1700), rows: 1700 });

    await expect(process(id, dyingAt(3))).rejects.toThrow("killed");
    await workRows(world, id);
    expect(await rowsOfBatch(world, id)).toHaveLength(1000);
    expect(await statusOf(world, id)).toBe("in progress");
    await process(id);
    await workRows(world, id);

    await expectWhole(id, 1700);
  });

  test("over a group has stored nothing of it", async () => {
    const id = await storeBatch(world, { csv: peopleCsv(20), rows: 20 });
    await process(id);
    const [job] = await jobsOf(world, "process-rows");
    if (!job) throw new Error("nothing is queued");

    await expect(processRows(job.data, dyingAt(10))).rejects.toThrow("killed");
    expect(await rowsOfBatch(world, id)).toEqual([]);
    await workRows(world, id);

    await expectWhole(id, 20);
  });

  test("by the system's hand loses no row and doubles none", async () => {
    const id = await storeBatch(world, { csv: peopleCsv(6000), rows: 6000 }, { queued: true });
    await using slow = await slowInserts();
    const worker = Bun.spawn([globalThis.process.execPath, "worker/main.ts"], {
      cwd: join(import.meta.dir, "../../.."),
      env: {
        ...globalThis.process.env,
        DATABASE_URL: world.config.databaseUrl,
        ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString("base64")}`,
        MMG_URL: `${world.sandbox.url}/mmg`,
        MMG_API_KEY: "key",
        WORKER_METRICS_PORT: String(freePort()),
        WORKER_CONCURRENCY: "process-rows=1",
      },
      stdio: ["ignore", "ignore", "ignore"],
    });

    await until(async () => (await rowsOfBatch(world, id)).length > 0, "some rows are stored");
    worker.kill("SIGKILL");
    await worker.exited;
    await slow[Symbol.asyncDispose]();
    const before = (await rowsOfBatch(world, id)).length;
    // As pg-boss does for a worker that does not show any more.
    await world.sql`update pgboss.job set state = 'retry' where state = 'active'`;
    await process(id);
    await workRows(world, id);

    expect(before).toBeLessThan(6000);
    const rows = await rowsOfBatch(world, id);
    expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 6000 }, (_, n) => n));
    expect(await statusOf(world, id)).toBe("finished all notifications created");
  });
});

test("two workers at once make each row once", async () => {
  const id = await storeBatch(world, { csv: peopleCsv(1700), rows: 1700 });

  await Promise.all([process(id), process(id, world.newDeps())]);
  const groups = await jobsOf(world, "process-rows");
  await Promise.all([...groups, ...groups].map(({ data }) => processRows(data, world.newDeps())));

  expect(groups).toHaveLength(4);
  await expectWhole(id, 1700);
});

describe("check-for-missing-rows-in-completed-jobs", () => {
  test("has rows stored whose job was lost, and no others", async () => {
    const id = await storeBatch(world, { csv: peopleCsv(1700), rows: 1700 });
    await process(id);
    const groups = await jobsOf(world, "process-rows");
    const lost = groups.find(({ data }) => data.firstRow === 500);
    await world.sql`delete from pgboss.job where id = ${lost?.id ?? null}`;
    const waiting = groups.find(({ data }) => data.firstRow === 1000);
    for (const { id: job, data } of groups) {
      if (job === lost?.id || job === waiting?.id) continue;
      await processRows(data, world.deps);
      await world.sql`delete from pgboss.job where id = ${job}`;
    }

    expect(await checkMissingRows(later(19))).toStartWith("Queued 0 batches");
    expect(await checkMissingRows(later(21))).toStartWith("Queued 1 batches");
    const [again] = await jobsOf(world, "process-batch");
    await processBatch({ batchId: id, again: true }, world.deps, never);

    expect(again?.data).toEqual({ batchId: id, again: true });
    expect((await jobsOf(world, "process-rows")).map(({ data }) => data.firstRow).sort()).toEqual([
      1000, 500,
    ]);
    await workRows(world, id);
    await expectWhole(id, 1700);
  });

  test("gives up after ten times, and says so", async () => {
    const id = await storeBatch(world, { csv: peopleCsv(3), rows: 3 });
    await process(id);
    await world.sql`delete from pgboss.job`;
    for (let n = 1; n <= 10; n++) {
      await checkMissingRows(later(n * 21));
      await world.sql`delete from pgboss.job`;
    }

    expect(await checkMissingRows(later(300))).toBe("Queued 0 batches again; 1 are given up");
    expect([...(await world.sql`select subject, severity from alerts`)]).toEqual([
      { subject: "batches-incomplete", severity: "ticket" },
    ]);
  });
});

describe("check-job-status", () => {
  test("goes on with a batch whose job was lost before it began", async () => {
    const id = await storeBatch(world, { csv: peopleCsv(3), rows: 3 });

    expect(await checkBatchStatus(later(29))).toStartWith("Queued 0 batches");
    expect(await checkBatchStatus(later(31))).toStartWith("Queued 1 batches");
    // It has a job now.
    expect(await checkBatchStatus(later(90))).toStartWith("Queued 0 batches");
    const [job] = await jobsOf(world, "process-batch");
    if (!job) throw new Error("nothing is queued");
    await processBatch(job.data, world.deps, never);
    await workRows(world, id);

    await expectWhole(id, 3);
  });

  test("goes on with one that stands still half-way, however long that is ago", async () => {
    const id = await storeBatch(world, { csv: peopleCsv(1200), rows: 1200 });
    await expect(process(id, dyingAt(2))).rejects.toThrow("killed");

    expect(await checkBatchStatus(later(3 * 24 * 60))).toStartWith("Queued 1 batches");
    expect(await statusOf(world, id)).toBe("error");
    await processBatch({ batchId: id, again: true }, world.deps, never);
    await workRows(world, id);

    await expectWhole(id, 1200);
  });
});

describe("run-scheduled-jobs", () => {
  test("begins what is due and leaves the rest", async () => {
    const scheduled = (at: Date) =>
      storeBatch(world, { csv: peopleCsv(1), rows: 1, status: "scheduled", scheduledFor: at });
    const due = await scheduled(minutes(-1));
    const notYet = await scheduled(minutes(20));

    expect(await runScheduledBatches(world.deps)).toBe("Began 1 batches");
    expect([await statusOf(world, due), await statusOf(world, notYet)]).toEqual(["pending", "scheduled"]);
    const [job] = await jobsOf(world, "process-batch");
    expect(job?.data).toEqual({ batchId: due, again: true });
  });

  test("begins one whose own job came too early", async () => {
    const at = minutes(1);
    const id = await storeBatch(
      world,
      { csv: peopleCsv(2), rows: 2, status: "scheduled", scheduledFor: at },
      { queued: true },
    );
    await process(id);
    await world.sql`update pgboss.job set state = 'completed' where name = 'process-batch'`;

    await runScheduledBatches(later(2));
    for (const { data } of await jobsOf(world, "process-batch")) await processBatch(data, later(2), never);
    await workRows(world, id);

    await expectWhole(id, 2);
  });
});

test("update-status-of-fully-processed-jobs finds what nobody noted", async () => {
  const id = await storeBatch(world, { csv: peopleCsv(2), rows: 2 });
  await process(id);
  expect(await updateProcessedBatches(world.deps)).toBe("0 batches have all their notifications");
  await workRows(world, id);
  await world.sql`update jobs set job_status = 'finished' where id = ${id}`;

  expect(await updateProcessedBatches(world.deps)).toBe("1 batches have all their notifications");

  await expectWhole(id, 2);
});

describe("batch resume", () => {
  const cli = (...argv: string[]) => runInWorld(world, "batch", ...argv);

  test("goes on with a batch that was given up, from where it stood", async () => {
    const id = await storeBatch(world, { csv: peopleCsv(700), rows: 700 });
    await expect(process(id, dyingAt(2))).rejects.toThrow("killed");
    await world.sql`update jobs set repairs = 10 where id = ${id}`;
    await checkBatchStatus(later(60));
    expect(await jobsOf(world, "process-batch")).toEqual([]);

    const first = await cli("resume", id);
    const again = await cli("resume", id);

    expect([first.code, again.code, again.err]).toEqual([
      0,
      1,
      `Cannot go on with the batch ${id}: a worker has it, or will: see queues show process-batch`,
    ]);
    expect((await jobsOf(world, "process-batch")).map(({ data }) => data)).toEqual([
      { batchId: id, again: true },
    ]);
    await processBatch({ batchId: id, again: true }, world.deps, never);
    await workRows(world, id);
    await expectWhole(id, 700);
    await world.sql`delete from pgboss.job where name = 'process-batch'`;
    expect((await cli("resume", id)).err).toContain("it has nothing more to send");
  });

  test("and batch list and show say how far each is", async () => {
    const id = await storeBatch(world, { csv: peopleCsv(3), rows: 3 });
    const facts = { id, service: "Town Hall", status: "pending", rows: 3, stored: 0, repairs: 0 };

    expect(JSON.parse((await cli("list", "--json")).out)).toMatchObject([facts]);
    await process(id);
    await workRows(world, id);
    expect((await cli("list")).out).toBe("All are sent");
    expect(JSON.parse((await cli("show", id, "--json")).out)).toMatchObject({
      ...facts,
      status: "finished all notifications created",
      stored: 3,
    });
    expect((await cli("show", crypto.randomUUID())).err).toContain("there is none");
  });
});
