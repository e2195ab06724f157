import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { findBatch, listBatches } from "../../../../shared/letter/batch.ts";
import { startPrintRun } from "../../../../shared/letter/print-run.ts";
import { RetryIn } from "../../../../worker/consume.ts";
import { collateLetters } from "../../../../worker/tasks/letters/collate-letters.ts";
import { processDvlaFile } from "../../../../worker/tasks/letters/process-dvla-file.ts";
import { maintain } from "../../../../worker/tasks/maintain.ts";
import { storeLetters } from "../../../support/letters.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";
import { arrive } from "./arrive.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false, dvla: {} });
});

beforeEach(async () => {
  await world.sql`
    truncate letters, notifications, letter_batch_members, letter_batches, print_runs, dvla_files, alerts cascade`;
});

afterAll(() => world[Symbol.asyncDispose]());

const at = new Date("2026-11-20T18:00:00Z");

/** A batch of three letters, as a print run plans it, in a state it may be found in. */
async function batch(state: string, claimedUntil: Date | null = null) {
  const { sql, cipher, deps, service } = world;
  const createdAt = new Date("2026-11-20T12:00:00Z");
  const facts = Array.from({ length: 3 }, () => ({ createdAt }));
  await storeLetters({ sql, cipher, storage: deps.storage, service }, facts);
  const runId = crypto.randomUUID();
  const run = { id: runId, printDate: "2026-11-20", deadline: new Date("2026-11-20T17:30:00Z") };
  await startPrintRun(sql, { ...run, kind: "manual", reason: "test", at });
  await collateLetters({ runId }, world.newDeps(), never, { id: "id", attempt: 1 });
  const [planned] = await listBatches(sql, runId);
  if (!planned) throw new Error("planned none");
  const uploadedAt = state === "uploaded" ? at : null;
  await sql`
    update letter_batches set state = ${state}, uploaded_at = ${uploadedAt}, claimed_until = ${claimedUntil}
    where id = ${planned.id}`;
  if (state === "uploaded") await sql`update notifications set status = 'sending'`;
  return planned;
}

const read = (fileId: string) =>
  processDvlaFile({ fileId }, world.newDeps({ now: () => at }), never, { attempt: 1 });

async function acknowledge(name: string, content = ""): Promise<string> {
  const id = await arrive(world, name, content, at);
  await read(id);
  return id;
}

const acknowledgementOf = (zip: string) => zip.replace(/\.ZIP$/, ".ACK.TXT");
const stateOf = async (id: string) => (await findBatch(world.sql, id))?.state;
const statuses = async () =>
  (await world.sql`select distinct status from notifications`).map(({ status }) => status);
const outcomeOf = async (id: string) =>
  (await world.sql`select outcome from dvla_files where id = ${id}`)[0]?.outcome;
const openAlerts = () => world.sql`select subject, severity, facts from alerts where resolved_at is null`;

describe("an acknowledgement", () => {
  test.each([
    ["called after its zip", (zip: string) => ["", acknowledgementOf(zip)]],
    ["called so in other letters", (zip: string) => ["anything", acknowledgementOf(zip).toLowerCase()]],
    ["that lists it", (zip: string) => [`${zip}|20261120175733\r\n`, "NOTIFY.20261120175800.ACK.txt"]],
  ])("%s ends a batch", async (_, fileOf) => {
    const { id, name } = await batch("uploaded");
    const [content, file = ""] = fileOf(name);

    const fileId = await acknowledge(file, content);

    expect(await findBatch(world.sql, id)).toMatchObject({ state: "acknowledged", acknowledgedAt: at });
    expect(await outcomeOf(fileId)).toMatchObject({ acknowledged: 1, unknown: { count: 0 } });
    expect(await openAlerts()).toEqual([] as never);
  });

  test.each(["placing", "uploading"])("ends one that its worker left %s, with its letters", async (state) => {
    const { id, name } = await batch(state);

    await acknowledge(acknowledgementOf(name));

    expect(await stateOf(id)).toBe("acknowledged");
    expect(await statuses()).toEqual(["sending"]);
    expect(
      await world.sql`select from notifications where sent_by = 'dvla' and sent_at = ${at}`,
    ).toHaveLength(3);
  });

  test("waits for a worker that is still sending", async () => {
    const { id, name } = await batch("uploading", new Date(Date.now() + 60_000));
    const fileId = await arrive(world, acknowledgementOf(name), "", at);

    await expect(read(fileId)).rejects.toBeInstanceOf(RetryIn);
    expect([await stateOf(id), await statuses()]).toEqual(["uploading", ["created"]]);

    await world.sql`update letter_batches set claimed_until = now() - interval '1s'`;
    await read(fileId);
    expect([await stateOf(id), await statuses()]).toEqual(["acknowledged", ["sending"]]);
  });

  test("twice, or of a zip that nobody knows, changes nothing", async () => {
    const { id, name } = await batch("uploaded");
    await acknowledge(acknowledgementOf(name), "one");

    const again = await acknowledge(acknowledgementOf(name), "two");
    const unknown = await acknowledge("NOTIFY.2018-10-01.001.X.ACK.TXT");

    expect(await outcomeOf(again)).toMatchObject({ acknowledged: 0, unexpected: { count: 0 } });
    expect(await outcomeOf(unknown)).toMatchObject({
      unknown: { count: 1, first: ["NOTIFY.2018-10-01.001.X.ZIP"] },
    });
    expect(await stateOf(id)).toBe("acknowledged");
    expect(await openAlerts()).toEqual([] as never);
  });

  test.each(["abandoned", "planned"])(
    "of a zip that was %s wakes somebody: its letters may be printed twice",
    async (state) => {
      const { id, name } = await batch(state);

      await acknowledge(acknowledgementOf(name));

      expect(await stateOf(id)).toBe(state as never);
      expect(await openAlerts()).toMatchObject([
        { severity: "page", facts: { zips: [`${name}: ${state}`] } },
      ]);
    },
  );
});

describe("missing acknowledgements", () => {
  const check = (dueAt: string) =>
    maintain({ task: "raise-alert-if-no-letter-ack-file", dueAt }, world.newDeps(), never);

  test("are told of once, by their zips, until they come", async () => {
    const { name } = await batch("uploaded");

    await check("2026-11-20T18:29:00.000Z");
    expect(await openAlerts()).toEqual([] as never);

    await check("2026-11-20T23:00:00.000Z");
    await check("2026-11-21T23:00:00.000Z");
    expect(await openAlerts()).toMatchObject([
      { subject: "letters-unacknowledged", severity: "ticket", facts: { zips: 1, missing: [name] } },
    ]);

    await acknowledge(acknowledgementOf(name));
    expect(await openAlerts()).toEqual([] as never);
  });
});
