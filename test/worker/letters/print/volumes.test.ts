import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { startPrintRun } from "../../../../shared/letter/print-run.ts";
import { noteVolumes } from "../../../../shared/letter/print-run-volumes.ts";
import { collateLetters } from "../../../../worker/tasks/letters/collate-letters.ts";
import { sendLetterVolumes } from "../../../../worker/tasks/letters/send-letter-volumes.ts";
import { storeLetters } from "../../../support/letters.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({
    worker: false,
    dvla: {},
    env: { DVLA_VOLUMES_RECIPIENTS: "print@dvla.example, desk@dvla.example" },
  });
});

beforeEach(async () => {
  await world.sql`truncate letters, notifications, letter_batch_members, letter_batches, print_runs cascade`;
  await world.sql`delete from pgboss.job`;
  world.sandbox.clearMessages();
  world.sandbox.clearFaults();
});

afterAll(() => world[Symbol.asyncDispose]());

const deadline = new Date("2026-11-20T17:30:00Z");

async function collate(): Promise<string> {
  const createdAt = new Date("2026-11-20T12:00:00Z");
  await storeLetters({ ...world, storage: world.deps.storage }, [
    { createdAt, postage: "first", sheets: 2 },
    { createdAt, postage: "second", sheets: 1 },
    { createdAt, postage: "second", sheets: 3 },
    { createdAt, keyType: "test" },
  ]);
  const runId = crypto.randomUUID();
  const run = { id: runId, printDate: "2026-11-20", deadline, reason: "test", at: deadline };
  await startPrintRun(world.sql, { ...run, kind: "manual" });
  await collateLetters({ runId }, world.deps, never, { id: "id", attempt: 1 });
  return runId;
}

const volumesJobs = () => world.sql`select data from pgboss.job where name = 'send-letter-volumes'`;

describe("send-letter-volumes", () => {
  test("tells the printer's people how much of each class there is", async () => {
    const runId = await collate();

    await sendLetterVolumes({ runId }, world.deps, never);

    const emails = world.sandbox.messages("email");
    expect(emails.map(({ to }) => to).toSorted()).toEqual(["desk@dvla.example", "print@dvla.example"]);
    expect(emails[0]).toMatchObject({ subject: "Letters to print on 2026-11-20" });
    const lines = emails[0]?.body.split("\n").map((line) => line.trim().split(/ +/));
    expect(lines).toContainEqual(["first", "1", "2"]);
    expect(lines).toContainEqual(["second", "2", "4"]);
    expect(lines).toContainEqual(["europe", "0", "0"]);
    expect(lines).toContainEqual(["total", "3", "6"]);
  });

  test("is queued once a run, with what was there before any of it was planned", async () => {
    const runId = await collate();

    await noteVolumes(world.sql, { id: runId, deadline });

    expect(await volumesJobs()).toEqual([expect.objectContaining({ data: { runId } })] as never);
    const [run] = await world.sql`select volumes from print_runs where id = ${runId}`;
    expect(run?.volumes).toHaveLength(2);
  });

  test("tells nobody twice, and who was not reached at the next attempt", async () => {
    const runId = await collate();
    await sendLetterVolumes({ runId }, world.deps, never);
    await world.sql`update print_runs set volumes_told = array['print@dvla.example'] where id = ${runId}`;
    world.sandbox.clearMessages();
    world.sandbox.setFault({ provider: "ses", status: 503, count: 1 });

    const failed = await sendLetterVolumes({ runId }, world.deps, never).then(
      () => null,
      (error: Error) => error.message,
    );
    await sendLetterVolumes({ runId }, world.deps, never);
    await sendLetterVolumes({ runId }, world.deps, never);

    expect(failed).toStartWith("Cannot tell of a print run's volumes: ses: ");
    expect(world.sandbox.messages("email").map(({ to }) => to)).toEqual(["desk@dvla.example"]);
  });

  test("is left out where nobody is to be told", async () => {
    await using quiet = await openWorld({ worker: false, dvla: {} });
    const runId = crypto.randomUUID();
    const run = { id: runId, printDate: "2026-11-20", deadline, reason: "test", at: deadline };
    await startPrintRun(quiet.sql, { ...run, kind: "manual" });

    await collateLetters({ runId }, quiet.deps, never, { id: "id", attempt: 1 });

    expect(await quiet.sql`select from pgboss.job where name = 'send-letter-volumes'`).toHaveLength(0);
  });
});
