import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { listBatches, listBatchLetters } from "../../../../shared/letter/batch.ts";
import { abandonBatches } from "../../../../shared/letter/batch-abandon.ts";
import { holdLetters, releaseLetters } from "../../../../shared/letter/hold.ts";
import { findPrintRun, startPrintRun } from "../../../../shared/letter/print-run.ts";
import type { Status } from "../../../../shared/notification/notification.ts";
import { arrayTypes } from "../../../../shared/postgres-arrays.ts";
import type { WorkerDeps } from "../../../../worker/deps.ts";
import { collateLetters } from "../../../../worker/tasks/letters/collate-letters.ts";
import { type LetterFacts, type StoredLetter, storeLetters } from "../../../support/letters.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";

let world: World;
let other: string;

beforeAll(async () => {
  world = await openWorld({ worker: false, dvla: {} });
  other = (await world.addService("Library")).id;
});

beforeEach(async () => {
  await world.sql`
    truncate letters, notifications, letter_batch_members, letter_batches, print_runs, letter_holds, alerts cascade`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

const deadline = new Date("2026-11-20T17:30:00Z");
const before = new Date("2026-11-20T17:29:59.999Z");
const first = { id: "id", attempt: 1 };

function store(...facts: LetterFacts[]): Promise<StoredLetter[]> {
  const made = facts.map((fact) => ({ createdAt: before, ...fact }));
  return storeLetters({ ...world, storage: world.deps.storage }, made);
}

async function startRun(printDate = "2026-11-20"): Promise<string> {
  const id = crypto.randomUUID();
  await startPrintRun(world.sql, { id, printDate, deadline, kind: "manual", reason: "test", at: deadline });
  return id;
}

async function collate(over: Partial<WorkerDeps> = {}, run = startRun()): Promise<string> {
  const runId = await run;
  await collateLetters({ runId }, world.newDeps(over), never, first);
  return runId;
}

const limits = (largestBytes: number, mostLetters = 1000) => ({
  letters: { ...world.deps.letters, batch: { largestBytes, mostLetters } },
});

/** The ids in each batch of a run. */
async function planned(runId: string): Promise<string[][]> {
  const batches = await listBatches(world.sql, runId);
  const letters = batches.map(({ id }) => listBatchLetters(world.sql, { batchId: id, limit: 50_000 }));
  return (await Promise.all(letters)).map((rows) => rows.map(({ notificationId }) => notificationId));
}

const idsOf = (letters: readonly StoredLetter[]) => letters.map(({ id }) => id);
const jobs = (name: string) => world.sql`select data, group_id from pgboss.job where name = ${name}`;
const openAlerts = async () =>
  (await world.sql<{ subject: string }[]>`select subject from alerts where resolved_at is null`).map(
    ({ subject }) => subject,
  );

describe("collate-letters", () => {
  test("takes what waits to be printed, overdue letters too, and nothing else", async () => {
    const wanted = await store({ createdAt: new Date("2026-01-01T00:00:00Z") }, {});
    await store(
      { createdAt: deadline },
      { createdAt: new Date("2026-11-20T17:30:01Z") },
      { keyType: "test" },
      { sheets: 0 },
      { status: "pending-virus-check", sheets: 0 },
      { status: "sending" },
      { status: "cancelled" },
      { status: "delivered" },
      { status: "technical-failure" },
      { status: "validation-failed", sheets: 0 },
    );

    const runId = await collate();

    expect(await planned(runId)).toEqual([idsOf(wanted)]);
    expect(await findPrintRun(world.sql, runId)).toMatchObject({ status: "planned" });
  });

  test("plans by postage, service and age, and queues all uploads as jobs that take turns", async () => {
    const service = world.service.id;
    const [low, high] = [service, other].sort();
    const at = (second: number) => new Date(before.getTime() - 60_000 + second * 1000);
    const letters = await store(
      { serviceId: high ?? "", postage: "second", createdAt: at(1) },
      { serviceId: low ?? "", postage: "second", createdAt: at(3) },
      { serviceId: low ?? "", postage: "second", createdAt: at(2) },
      { serviceId: low ?? "", postage: "first", createdAt: at(4) },
      { serviceId: low ?? "", postage: "rest-of-world", createdAt: at(5) },
    );
    const [one, two, three, four, five] = idsOf(letters);

    const runId = await collate();

    const batches = await listBatches(world.sql, runId);
    expect(await planned(runId)).toEqual([[four], [five], [three, two], [one]].map((ids) => ids.map(String)));
    expect(batches.map(({ name }) => name.split(".").slice(0, 4).join("."))).toEqual([
      "NOTIFY.2026-11-20.1.001",
      "NOTIFY.2026-11-20.N.001",
      "NOTIFY.2026-11-20.2.001",
      "NOTIFY.2026-11-20.2.002",
    ]);
    expect(batches.map(({ name }) => name.split(".")[5])).toEqual([low, low, low, high].map(String));
    const uploads = await jobs("upload-letter-batch");
    expect(uploads.map(({ data }) => data.batchId).sort()).toEqual(batches.map(({ id }) => id).sort());
    expect(new Set(uploads.map(({ group_id }) => group_id)).size).toBe(1);
  });

  test("keeps the limits, fills a batch exactly, and gives one letter that is too large its own", async () => {
    const at = (n: number) => new Date(before.getTime() - 60_000 + n);
    await store(...[600, 400, 1, 5000, 999].map((bytes, n) => ({ bytes, createdAt: at(n) })));

    const runId = await collate(limits(1000));

    const batches = await listBatches(world.sql, runId);
    expect(batches.map(({ letters, bytes }) => [letters, bytes])).toEqual([
      [2, 1000],
      [1, 1],
      [1, 5000],
      [1, 999],
    ]);
  });

  test("leaves out services that are held or suspended, until they are not", async () => {
    const [letter] = await store({}, { serviceId: other });
    await holdLetters(world.sql, { serviceId: other, reason: "wrong logo", at: before });
    const held = await planned(await collate());
    await world.sql`update services set active = false where id = ${other}`;
    await releaseLetters(world.sql, other);
    const suspended = await planned(await collate());
    await world.sql`update services set active = true where id = ${other}`;

    const free = await planned(await collate());

    expect(held).toEqual([[letter?.id ?? ""]]);
    expect(suspended).toEqual([]);
    expect(free.map(({ length }) => length)).toEqual([1]);
  });

  test("does nothing the second time, and a second run finds nothing", async () => {
    await store({}, {});
    const runId = await collate();

    await collateLetters({ runId }, world.deps, never, first);
    const second = await collate();

    expect((await planned(runId)).flat()).toHaveLength(2);
    expect(await planned(second)).toEqual([]);
    expect(await jobs("upload-letter-batch")).toHaveLength(1);
  });

  test("goes on where an attempt before was cut short: every letter once, no name twice", async () => {
    const letters = await store(...Array.from({ length: 25_000 }, () => ({ bytes: 10, pdf: null })));
    const runId = await startRun();
    const few = world.newDeps(limits(50_000, 4000));
    await world.sql`
      create function fail_late() returns trigger language plpgsql as $$ begin
        if (select count(*) from letter_batches) >= 3 then raise 'gone'; end if;
        return new;
      end $$`;
    await world.sql`
      create trigger late before insert on letter_batches for each row execute function fail_late()`;

    const outcome = await collateLetters({ runId }, few, never, first).catch((error: Error) => error.message);
    const between = {
      letters: (await planned(runId)).flat().length,
      uploads: await jobs("upload-letter-batch"),
    };
    await world.sql`drop function fail_late cascade`;
    await collateLetters({ runId }, few, never, first);

    const ids = (await planned(runId)).flat();
    const names = (await listBatches(world.sql, runId)).map(({ name }) => name);
    expect(outcome).toBe("gone");
    expect(between.letters).toBe(8000);
    expect(between.uploads).toHaveLength(0);
    expect(ids.toSorted()).toEqual(idsOf(letters).toSorted());
    expect(new Set(names).size).toBe(names.length);
    expect(await jobs("upload-letter-batch")).toHaveLength(names.length);
  });

  test("costs few statements, however many letters there are", async () => {
    let statements = 0;
    const counted = postgres(world.config.databaseUrl, {
      max: 2,
      fetch_types: false,
      types: arrayTypes,
      debug: () => void statements++,
    });
    const plan = async (letters: number) => {
      await store(...Array.from({ length: letters }, () => ({ bytes: 10, pdf: null })));
      const from = statements;
      await collate({ sql: counted });
      return statements - from;
    };

    const some = await plan(10);
    const many = await plan(20_000);
    await counted.end();

    expect(many - some).toBeLessThan(60);
  });

  test("lets two planners at once store every letter once, whichever loses", async () => {
    const letters = await store(...Array.from({ length: 3000 }, () => ({ bytes: 10, pdf: null })));
    const runId = await startRun();

    const both = [1, 2].map(() => collateLetters({ runId }, world.newDeps(limits(1000)), never, first));
    const outcomes = await Promise.allSettled(both);
    await collateLetters({ runId }, world.newDeps(limits(1000)), never, first);

    expect(outcomes.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
    expect((await planned(runId)).flat().toSorted()).toEqual(idsOf(letters).toSorted());
  });

  test("numbers batches of one evening through, over its runs", async () => {
    await store({ postage: "first" });
    const one = await collate();
    await store({ postage: "first" }, { postage: "second" });

    const two = await collate();

    const numbers = async (runId: string) =>
      (await listBatches(world.sql, runId)).map(({ name }) => name.split(".").slice(2, 4).join("."));
    expect(await numbers(one)).toEqual(["1.001"]);
    expect(await numbers(two)).toEqual(["1.002", "2.001"]);
  });

  test("takes letters of an abandoned batch again, under another name", async () => {
    await store({}, {});
    const runId = await collate();
    const [batch] = await listBatches(world.sql, runId);
    await abandonBatches(world.sql, {
      ...{ of: { batchId: batch?.id ?? "" }, reason: "wrong stock", force: false, at: deadline },
    });

    const again = await collate();

    const [after] = await listBatches(world.sql, again);
    expect(await planned(again)).toEqual(await planned(runId));
    expect(after?.name).not.toBe(batch?.name ?? "");
  });

  test("notes letters as settled of which nothing more is expected", async () => {
    const old = new Date("2026-11-01T00:00:00Z");
    const settled: Status[] = ["delivered", "cancelled", "returned-letter", "validation-failed"];
    const open: Status[] = ["created", "sending", "pending-virus-check", "technical-failure"];
    const [gone] = await store({}, ...settled.map((status) => ({ status })));
    await store(...open.map((status) => ({ status })), { status: "technical-failure", createdAt: old });
    await world.sql`delete from notifications where id = ${gone?.id ?? ""}`;

    await collate({ now: () => deadline });

    const rows = await world.sql<{ status: string | null; settled: boolean; old: boolean }[]>`
      select n.status, l.settled_at is not null as settled, l.created_at = ${old} as old
      from letters l left join notifications n on n.id = l.notification_id`;
    const wrong = rows.filter(
      (row) =>
        row.settled !== (row.status === null || row.old || settled.some((status) => status === row.status)),
    );
    expect(rows).toHaveLength(10);
    expect(wrong).toEqual([]);
  });

  test("queues each letter once where the printer is called letter by letter", async () => {
    const letters = await store({}, { serviceId: other });
    const http = { letters: { ...world.deps.letters, via: "http" as const } };

    const runId = await collate(http);
    await world.sql`update print_runs set status = 'planning' where id = ${runId}`;
    await collate(http, Promise.resolve(runId));

    const queued = await jobs("deliver-letter");
    expect(queued.map(({ data }) => data.notificationId).toSorted()).toEqual(idsOf(letters).toSorted());
    expect(queued.map(({ group_id }) => group_id).toSorted()).toEqual([world.service.id, other].toSorted());
    expect(await planned(runId)).toEqual([]);
  });

  test("leaves letters as they are where no printer is configured, and says so until one is", async () => {
    await store({});

    const runId = await collate({ openSftp: null });
    const alerts = await openAlerts();
    await collate();

    expect(await findPrintRun(world.sql, runId)).toMatchObject({ status: "abandoned" });
    expect(alerts).toEqual(["letters-without-printer"]);
    expect(await openAlerts()).toEqual([]);
  });

  test("tells people once its last attempt failed, and is quiet again once one succeeds", async () => {
    await store({});
    const runId = await startRun();
    await world.sql`update pgboss.queue set name = 'elsewhere' where name = 'upload-letter-batch'`;
    const attempt = (number: number) =>
      collateLetters({ runId }, world.deps, never, { id: "id", attempt: number }).catch(() => "failed");

    const third = { outcome: await attempt(3), alerts: await openAlerts() };
    const fourth = { outcome: await attempt(4), alerts: await openAlerts() };
    await world.sql`update pgboss.queue set name = 'upload-letter-batch' where name = 'elsewhere'`;
    await attempt(1);

    expect(third).toEqual({ outcome: "failed", alerts: [] });
    expect(fourth).toEqual({ outcome: "failed", alerts: ["print-run:2026-11-20"] });
    expect(await openAlerts()).toEqual([]);
  });

  test("says nothing for a run that is not there or given up", async () => {
    const runId = await startRun();
    await abandonBatches(world.sql, { of: { runId }, reason: "test", force: false, at: deadline });

    await collateLetters({ runId }, world.deps, never, first);
    await collateLetters({ runId: crypto.randomUUID() }, world.deps, never, first);

    expect(await findPrintRun(world.sql, runId)).toMatchObject({ status: "abandoned" });
  });
});
