import { expect, test } from "bun:test";
import { createCipher } from "../../shared/encryption.ts";
import { broadcastSettings, killInBroadcasts } from "../chaos/broadcasts.ts";
import { quietly } from "../chaos/scenario.ts";
import { openSystem } from "../chaos/system.ts";
import { until as untilSlow } from "../chaos/until.ts";
import { addBroadcastService } from "../support/broadcasts.ts";
import { createListLog } from "../support/list-log.ts";
import { testDatabase } from "../support/postgres.ts";
import { until } from "../support/until.ts";
import { approveBroadcast } from "../worker/broadcasts/on-air.ts";

// The long form is `bun run chaos broadcasts`. Both wait for a dead worker to be missed: side by side.

test.concurrent("networks get alert and then cancel, each once unless an answer was lost, though a worker is killed and networks fail", async () => {
  await using database = await testDatabase();
  await using system = await openSystem({ databaseUrl: database.url, workers: 2, env: broadcastSettings });

  const options = { seed: 1, sends: 24, kills: 1, postgres: null, shortLived: 0.1, say: quietly };
  const { figures, faults } = await killInBroadcasts(system, options);

  expect(faults).toEqual([]);
  expect(figures).toMatchObject({ broadcasts: 24, kills_worker: 1 });
  expect(figures.calls).toBeGreaterThan(figures.taken ?? 0);
}, 240_000);

test.concurrent("a worker that dies in a retry is missed within seconds, and its network is told once more, not twice at once", async () => {
  await using database = await testDatabase();
  await using system = await openSystem({ databaseUrl: database.url, env: broadcastSettings });
  const { sandbox, sql } = system;
  const [worker] = system.workers;
  const cipher = await createCipher([{ id: "chaos", bytes: new Uint8Array(32).fill(5) }]);
  const place = await addBroadcastService(sql, cipher, { provider: "ee" });
  for (const provider of ["ee-1-proxy", "ee-2-proxy"] as const)
    sandbox.setFault({ provider, status: 503, count: 1 });
  sandbox.setFault({ provider: "ee-1-proxy", hang: true, count: 1 });
  const calls = () => sandbox.cbc.list("ee");

  const { eventId } = await approveBroadcast({ sql, place, log: createListLog().log });
  await until(() => calls().length === 3, "the worker is in its retry");
  await worker.kill();
  const diedAt = Date.now();
  worker.start();
  await untilSlow(
    async () => {
      const rows = await sql`
        select from broadcast_provider_messages where broadcast_event_id = ${eventId} and status = 'returned-ack'`;
      return rows.length === 1;
    },
    { what: "ee has it", timeoutMs: 40_000 },
  );

  const [last, ...more] = calls().slice(3);
  expect(more).toEqual([]);
  expect(last).toMatchObject({ function: "ee-1-proxy", accepted: true, faults: [] });
  expect((last?.at.getTime() ?? 0) - diedAt).toBeLessThan(20_000);
  expect(new Set(calls().map(({ payload }) => payload.identifier)).size).toBe(1);
}, 120_000);
