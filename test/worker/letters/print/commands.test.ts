import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import * as v from "valibot";
import { lastClosed } from "../../../../shared/letter/print-day.ts";
import { collateLetters } from "../../../../worker/tasks/letters/collate-letters.ts";
import { uploadLetterBatch } from "../../../../worker/tasks/letters/upload-letter-batch.ts";
import { type LetterFacts, storeLetters } from "../../../support/letters.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { runInWorld } from "../../../support/world-cli.ts";
import { unknownId } from "../../commands/cli.ts";
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
    truncate letters, notifications, letter_batch_members, letter_batches, print_runs, letter_holds, alerts cascade`;
  await world.sql`delete from pgboss.job`;
  world.sandbox.clearFaults();
});

afterAll(() => world[Symbol.asyncDispose]());

const run = (...argv: string[]) => runInWorld(world, ...argv);

const store = (...facts: LetterFacts[]) => storeLetters({ ...world, storage: world.deps.storage }, facts);
const first = { id: "id", attempt: 1 };

/** What a worker would do with the jobs that wait, for as long as there are any. */
async function work(): Promise<void> {
  for (;;) {
    const jobs = await world.sql<{ id: string; name: string; data: { runId: string; batchId: string } }[]>`
      delete from pgboss.job where name in ('collate-letters', 'upload-letter-batch') returning id, name, data`;
    if (jobs.length === 0) return;
    for (const { name, data } of jobs) {
      if (name === "collate-letters") await collateLetters(data, world.deps, never, first);
      else await uploadLetterBatch(data, world.deps, never, first).catch(() => {});
    }
  }
}

const Shown = v.object({
  id: v.string(),
  status: v.string(),
  print_date: v.string(),
  batches: v.array(v.object({ id: v.string(), name: v.string(), state: v.string(), letters: v.number() })),
});
const shown = async (id: string) =>
  v.parse(Shown, JSON.parse((await run("letter", "show-run", id, "--json")).out));
const idIn = (out: string) => /run ([0-9a-f-]{36})/.exec(out)?.[1] ?? "";

/** A run somebody asked for, with its batches. */
async function began(...facts: LetterFacts[]) {
  await store(...facts);
  const { out } = await run("letter", "run", "--reason", "test");
  const id = idIn(out);
  await collateLetters({ runId: id }, world.deps, never, first);
  return await shown(id);
}

describe("letter run", () => {
  test("sends what waits, overdue letters too, and can be looked at", async () => {
    await store({}, { postage: "first" });

    const { code, out } = await run("letter", "run", "--reason", "the evening's failed");
    await work();

    const { batches, ...facts } = await shown(idIn(out));
    const listed = await run("letter", "runs", "--json");
    expect(code).toBe(0);
    expect(facts).toMatchObject({ status: "planned", print_date: lastClosed(new Date()) });
    expect(batches.map(({ state, letters }) => [state, letters])).toEqual([
      ["uploaded", 1],
      ["uploaded", 1],
    ]);
    expect(JSON.parse(listed.out)).toMatchObject([
      { kind: "manual", reason: "the evening's failed", batches: 2, letters: 2, uploaded: 2 },
    ]);
    expect((await run("letter", "show-run", idIn(out))).out).toContain(batches[0]?.name ?? "no name");
  });

  test("takes what was made before the deadline, which is the last 17:30 unless it is given", async () => {
    await store({ createdAt: new Date() });

    const usual = await run("letter", "run", "--dry-run", "--json");
    const now = await run("letter", "run", "--dry-run", "--deadline", "now", "--json");
    const past = await run("letter", "run", "--dry-run", "--deadline", "2026-01-01T17:30:00Z");

    expect(JSON.parse(usual.out)).toEqual([]);
    expect(JSON.parse(now.out)).toMatchObject([{ letters: 1, sheets: 1, service_id: world.service.id }]);
    expect(past).toMatchObject({ out: "Nothing waits to be printed", code: 0 });
    expect(past.err).toBe("Letters made before 2026-01-01T17:30:00.000Z");
    expect(await world.sql`select from print_runs`).toHaveLength(0);
  });

  test.each(["tomorrow", "2999-01-01T00:00:00Z"])("does not take the deadline %s", async (deadline) => {
    const { code, err } = await run("letter", "run", "--deadline", deadline);

    expect(code).toBe(2);
    expect(err).toStartWith("--deadline must be now, or an instant that is over");
  });
});

describe("letter show-batch", () => {
  test("lists its letters, found by id or name", async () => {
    const { batches } = await began({}, {});
    const [batch] = batches;

    const byId = await run("letter", "show-batch", batch?.id ?? "", "--json");
    const byName = await run("letter", "show-batch", batch?.name ?? "", "--json");
    const text = await run("letter", "show-batch", batch?.id ?? "");

    expect(JSON.parse(byId.out)).toMatchObject({ name: batch?.name ?? "", state: "planned" });
    expect(JSON.parse(byId.out).members).toMatchObject([
      { position: 0, status: "created", live: true, dropped: null },
      { position: 1, status: "created", live: true, dropped: null },
    ]);
    expect(byName.out).toBe(byId.out);
    expect(text.out).toContain("notification_id");
  });
});

describe("letter abandon", () => {
  test("frees the letters of a batch that is not sent for another run", async () => {
    const { batches } = await began({}, {});

    const { code, out } = await run("letter", "abandon", batches[0]?.id ?? "", "--reason", "wrong stock");
    const again = await began();

    expect({ code, out }).toEqual({ code: 0, out: "Gave up 1 batches; 2 letters are free for another run" });
    expect(again.batches).toMatchObject([{ letters: 2, state: "planned" }]);
  });

  test("gives up a whole run, planned or not", async () => {
    const planned = await began({}, { postage: "first" });
    const { out } = await run("letter", "run");
    const unplanned = idIn(out);

    const codes = [await run("letter", "abandon", planned.id), await run("letter", "abandon", unplanned)];
    await work();

    expect(codes.map(({ code }) => code)).toEqual([0, 0]);
    expect([(await shown(planned.id)).status, (await shown(unplanned)).status]).toEqual([
      "abandoned",
      "abandoned",
    ]);
    const printed = new Set(world.dvla.zips().map(({ name }) => name));
    expect(planned.batches.filter(({ name }) => printed.has(name))).toEqual([]);
    expect(await world.sql`select from notifications where status = 'sending'`).toHaveLength(0);
  });

  test("leaves what the printer has, or may have, unless it is told to print twice", async () => {
    const { batches, id } = await began({}, {});
    const [batch] = batches;
    world.sandbox.setFault({ provider: "dvla", refuse_rename: true, count: 1 });
    await print.upload({ id: batch?.id ?? "" });

    const placing = await run("letter", "abandon", id);
    await print.upload({ id: batch?.id ?? "" });
    const uploaded = await run("letter", "abandon", id);
    const wrongWords = await run("letter", "abandon", id, "--force", "yes");
    const forced = await run("letter", "abandon", id, "--force", "print twice");
    const again = await began();

    expect([placing.code, uploaded.code, wrongWords.code, forced.code]).toEqual([1, 1, 2, 0]);
    expect(placing.err).toContain(`${batch?.name} is placing`);
    expect(uploaded.err).toContain(`${batch?.name} is uploaded`);
    expect(wrongWords.err).toStartWith('--force must be the words "print twice"');
    expect(forced.out).toBe("Gave up 1 batches; 2 letters are free for another run");
    expect(again.batches).toMatchObject([{ letters: 2 }]);
    expect(again.batches[0]?.name).not.toBe(batch?.name ?? "");
  });

  test("leaves a batch that a worker is sending to it", async () => {
    const { batches } = await began({});
    const id = batches[0]?.id ?? "";
    await world.sql`update letter_batches set state = 'uploading', temporary_name = 'x',
      claimed_until = now() + interval '1 hour'`;

    const { code, err } = await run("letter", "abandon", id, "--force", "print twice");

    expect(code).toBe(1);
    expect(err).toContain("a worker is sending it");
  });
});

describe("letter retry", () => {
  test("queues what is left of a run again, or one batch, and nothing that was sent", async () => {
    const { id, batches } = await began({}, { postage: "first" });
    await world.sql`delete from pgboss.job`;
    await print.upload({ id: batches[0]?.id ?? "" });

    const whole = await run("letter", "retry", id, "--json");
    const one = await run("letter", "retry", batches[1]?.name ?? "");
    await work();
    const none = await run("letter", "retry", id);

    expect(JSON.parse(whole.out)).toEqual({ queued: 1 });
    expect(one.out).toBe("Queued 1 batches");
    expect(none).toMatchObject({ code: 0, out: `Nothing of ${id} is left to be sent` });
    expect((await shown(id)).batches.map(({ state }) => state)).toEqual(["uploaded", "uploaded"]);
  });

  test("queues the planning of a run that was never planned", async () => {
    await store({});
    const id = idIn((await run("letter", "run")).out);
    await world.sql`delete from pgboss.job`;

    const { out } = await run("letter", "retry", id);
    await work();

    expect(out).toBe(`Queued the planning of ${id}`);
    expect((await shown(id)).batches).toMatchObject([{ state: "uploaded" }]);
  });
});

describe("letter hold and release", () => {
  test("keep a service's letters, those of planned batches too, from being printed", async () => {
    const service = world.service.id;
    await began({});

    const held = await run("letter", "hold", service, "--reason", "wrong logo");
    const listed = await run("letter", "holds", "--json");
    const meanwhile = await began();
    const released = await run("letter", "release", service);
    const again = await run("letter", "release", service);
    const after = await began();

    expect(held.out).toBe(`Holding the letters of ${service}; took 1 batches apart`);
    expect(JSON.parse(listed.out)).toMatchObject([
      { service_id: service, service: "Town Hall", reason: "wrong logo", waiting: 1 },
    ]);
    expect(meanwhile.batches).toEqual([]);
    expect([released.code, again.code]).toEqual([0, 1]);
    expect(after.batches).toMatchObject([{ letters: 1 }]);
    expect((await run("letter", "holds")).out).toBe("No letters are held");
  });
});

describe("what there is not", () => {
  test.each([
    [["show-run", unknownId], `Cannot find the print run ${unknownId}: there is none`],
    [["show-batch", "NOTIFY.ZIP"], "Cannot find the batch NOTIFY.ZIP: there is none"],
    [["abandon", unknownId], `Cannot find ${unknownId}: there is no such print run or batch`],
    [["retry", "NOTIFY.ZIP"], "Cannot find NOTIFY.ZIP: there is no such print run or batch"],
    [["hold", unknownId, "--reason", "x"], `Cannot find the service ${unknownId}: there is none`],
    [["release", unknownId], `Cannot find the service ${unknownId}: there is none`],
  ])("cannot be named to letter %j", async (argv, err) => {
    expect(await run("letter", ...argv)).toEqual({ code: 1, out: "", err });
  });

  test.each([
    ["runs"],
    ["run"],
    ["show-run"],
    ["show-batch"],
    ["abandon"],
    ["retry"],
    ["hold"],
    ["release"],
    ["holds"],
  ])("is told by letter %s --help", async (name) => {
    const { code, out } = await run("letter", name, "--help");

    expect(code).toBe(0);
    expect(out).toContain(`letter ${name}`);
  });
});
