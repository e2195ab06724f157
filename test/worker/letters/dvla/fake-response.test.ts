import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { fakeLetterResponse } from "../../../../worker/tasks/letters/fake-letter-response.ts";
import { type LetterFacts, storeLetters } from "../../../support/letters.ts";
import { notificationRow } from "../../../support/notifications.ts";
import { until } from "../../../support/until.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false, env: { FAKE_LETTER_RESPONSES: "true" } });
});

beforeEach(async () => {
  await world.sql`truncate letters, notifications, dvla_files, daily_sorted_letters, alerts`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

async function store(fact: LetterFacts = {}): Promise<string> {
  const { sql, cipher, deps, service } = world;
  const facts = { status: "sending", keyType: "test", sheets: 0, pdf: null, ...fact } as const;
  const [letter] = await storeLetters({ sql, cipher, storage: deps.storage, service }, [facts]);
  if (!letter) throw new Error("stored none");
  return letter.id;
}

const now = new Date("2026-11-20T12:00:30Z");
const fake = (notificationId: string, over = {}) =>
  fakeLetterResponse({ notificationId }, world.newDeps({ now: () => now, ...over }), never);
const files = () =>
  world.sql<{ name: string; kind: string }[]>`select name, kind from dvla_files order by name`;

describe("a made-up answer of the printer", () => {
  test("is read like a real one, and bills nobody", async () => {
    const id = await store();
    await fake(id);

    await using _ = { [Symbol.asyncDispose]: await startedWorker() };
    await until(async () => (await notificationRow(world.sql, id)).status === "delivered", "it is delivered");
    expect(
      await until(
        async () => (await world.sql`select outcome from dvla_files where processed_at is not null`)[0],
        "read",
      ),
    ).toMatchObject({ outcome: { statuses: { lines: 1, moved: 1 }, counts: { sorted: 0, unsorted: 0 } } });
    expect(await world.sql`select from daily_sorted_letters`).toHaveLength(0);
    expect(await world.sql`select from alerts`).toHaveLength(0);
  });

  test("is made once, however often its task runs", async () => {
    const id = await store();
    for (let time = 0; time < 3; time++) await fake(id);

    const [file, ...others] = await files();
    expect(others).toEqual([]);
    expect(file?.name).toMatch(/^NOTIFY-202611201200[0-3]\d-RSP\.TXT$/);
    expect(await world.sql`select from pgboss.job where name = 'process-dvla-file'`).toHaveLength(1);
  });

  test("has a second of its own, older ones where the last thirty are taken", async () => {
    const ids: string[] = [];
    for (let letter = 0; letter < 35; letter++) ids.push(await store());
    for (const id of ids) await fake(id);

    const names = (await files()).map(({ name }) => name);
    expect(new Set(names).size).toBe(35);
    expect(names.filter((name) => name >= "NOTIFY-20261120120001")).toHaveLength(30);
  });

  test.each([
    ["of a normal key", { keyType: "normal" as const }],
    ["that ended", { status: "delivered" as const }],
    ["that has not gone", { status: "created" as const }],
  ])("is not made for a letter %s", async (_, fact) => {
    await fake(await store(fact));
    expect(await files()).toEqual([] as never);
  });

  test("is made only where that is wanted", async () => {
    await fake(await store(), { letters: { ...world.deps.letters, fakeResponses: false } });
    expect(await files()).toEqual([] as never);
  });
});

async function startedWorker(): Promise<() => Promise<void>> {
  const worker = await world.startWorker();
  return () => worker.stop(1000);
}
