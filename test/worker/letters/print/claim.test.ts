import { afterAll, beforeAll, expect, test } from "bun:test";
import { openDatabase } from "../../../../shared/database.ts";
import { claimBatch, releaseBatch } from "../../../../shared/letter/batch-claim.ts";
import { holdClaim } from "../../../../worker/letters/print/claim.ts";
import { until } from "../../../support/until.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";
import { type PlannedBatch, printing } from "./print-world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false, dvla: {} });
});

afterAll(() => world[Symbol.asyncDispose]());

const timing = { seconds: 30, renewEveryMs: 15, giveUpMs: 5000 };

async function claimed(): Promise<PlannedBatch & { claim: string }> {
  const batch = await printing(world).planBatch([{}]);
  const result = await claimBatch(world.sql, batch.id, { temporaryName: "x", seconds: timing.seconds });
  if (result.outcome !== "claimed") throw new Error(`Cannot claim the batch: ${result.outcome}`);
  return { ...batch, claim: result.batch.claim };
}

async function claimedUntil({ id }: { id: string }): Promise<string | null> {
  const [row] = await world.sql`select claimed_until::text as until from letter_batches where id = ${id}`;
  return row?.until ?? null;
}

test("a claim is renewed for as long as it is held, and is still its holder's", async () => {
  const batch = await claimed();

  await using claim = holdClaim(world.deps, batch, never, timing);
  const first = await claimedUntil(batch);
  await until(async () => (await claimedUntil(batch)) !== first, "it is renewed");
  const second = await claimedUntil(batch);
  await until(async () => (await claimedUntil(batch)) !== second, "it is renewed again");
  await claim.use((mine) => releaseBatch(world.sql, { id: batch.id, claim: mine, fault: "test" }));

  expect(claim.signal.aborted).toBe(false);
  expect(await printing(world).batch(batch)).toMatchObject({ claimedUntil: null, fault: "test" });
});

test("a claim that another took ends what is done under it, and is not taken back", async () => {
  const batch = await claimed();

  await using claim = holdClaim(world.deps, batch, never, timing);
  await world.sql`update letter_batches set claimed_until = '2099-01-01T00:00:00Z' where id = ${batch.id}`;
  await until(() => claim.signal.aborted, "it is noticed");
  await claim.use((mine) => releaseBatch(world.sql, { id: batch.id, claim: mine, fault: "test" }));

  expect(await claimedUntil(batch)).toBe("2099-01-01 00:00:00+00");
});

test("a claim that cannot be renewed is given up before another may take it", async () => {
  const batch = await claimed();
  const gone = openDatabase(world.config.databaseUrl, {
    name: "gone",
    connections: 1,
    statementTimeoutMs: 1000,
  });
  await gone.end();

  await using claim = holdClaim({ sql: gone, log: world.log }, batch, never, { ...timing, giveUpMs: 60 });
  await until(() => claim.signal.aborted, "it is given up");

  expect(claim.signal.reason).toEqual(new Error("The claim on the batch ran out"));
});

test("what ends the work ends what is done under its claim", async () => {
  const batch = await claimed();
  const stopping = new AbortController();

  await using claim = holdClaim(world.deps, batch, stopping.signal, timing);
  stopping.abort(new Error("The worker is stopping"));

  expect(claim.signal.reason).toEqual(new Error("The worker is stopping"));
});
