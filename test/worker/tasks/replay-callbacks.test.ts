import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { removeCallback, setCallback } from "../../../shared/callback/queries.ts";
import {
  cancelReplay,
  findReplay,
  type ReplayOutcome,
  startReplay,
} from "../../../shared/callback/replay.ts";
import type { CallbackType } from "../../../shared/service/callback-types.ts";
import { deleteOldCallbackAttempts } from "../../../worker/tasks/delete-old-callback-attempts.ts";
import { replayCallbacks } from "../../../worker/tasks/replay-callbacks.ts";
import { type AttemptFacts, storeAttempts } from "../../support/told-callbacks.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterAll(() => world[Symbol.asyncDispose]());

const hourAgo = () => new Date(Date.now() - 3_600_000);
const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000);

async function serviceWith(
  attempts: readonly AttemptFacts[],
): Promise<{ serviceId: string; subjects: string[] }> {
  const { id: serviceId } = await world.addService(`Service ${crypto.randomUUID()}`);
  const { sql, cipher } = world;
  return { serviceId, subjects: await storeAttempts({ sql, cipher, serviceId }, attempts) };
}

interface Asked {
  type?: CallbackType | null;
  outcome?: ReplayOutcome;
  since?: Date;
}

async function begin(
  serviceId: string,
  { type = null, outcome = "undelivered", since = hourAgo() }: Asked = {},
): Promise<string> {
  const id = crypto.randomUUID();
  const started = await startReplay(world.sql, { serviceId, type, outcome, since }, { id, at: new Date() });
  if (!started.ok) throw new Error(started.fault);
  return id;
}

function run(replayId: string, { perSecond = 100_000, signal = never } = {}): Promise<void> {
  const deps = world.newDeps({ callbackReplays: { perSecond } });
  return replayCallbacks({ replayId }, deps, signal, { id: crypto.randomUUID(), attempt: 1 });
}

async function queuedOf(serviceId: string): Promise<string[]> {
  const jobs = await world.sql<{ subject: string }[]>`
    select data->>'subjectId' as subject from pgboss.job
    where name = 'service-callbacks-replay' and group_id = ${serviceId} order by created_on, start_after`;
  return jobs.map(({ subject }) => subject);
}

const stateOf = async (serviceId: string, id: string) => (await findReplay(world.sql, serviceId, id))?.state;

describe("a replay since a time", () => {
  const ends = ["delivered", "exhausted", "refused", "suspended"] as const;

  test.each<[ReplayOutcome, number[]]>([
    ["undelivered", [1, 2, 3]],
    ["exhausted", [1]],
    ["refused", [2]],
    ["suspended", [3]],
    ["delivered", [0]],
    ["any", [0, 1, 2, 3]],
  ])("of what was %s queues just that", async (outcome, expected) => {
    const { serviceId, subjects } = await serviceWith(ends.map((end) => ({ outcome: end })));
    const replayId = await begin(serviceId, { outcome });

    await run(replayId);

    expect((await queuedOf(serviceId)).sort()).toEqual(expected.map((at) => subjects[at] ?? "").sort());
    expect(await findReplay(world.sql, serviceId, replayId)).toMatchObject({
      state: "done",
      queued: expected.length,
      delivered: 0,
      undelivered: 0,
    });
  });

  test("leaves alone what is older, of another type, another service's, or has no end yet", async () => {
    const { serviceId, subjects } = await serviceWith([
      { at: secondsAgo(7200) },
      { type: "complaint" },
      { outcome: "failed" },
      { at: secondsAgo(1800) },
    ]);
    await serviceWith([{}]);

    await run(await begin(serviceId, { type: "delivery_status" }));

    expect(await queuedOf(serviceId)).toEqual([subjects[3] ?? ""]);
  });

  test.each([
    ["was delivered since", "delivered"],
    ["is being retried", "failed"],
  ] as const)("leaves alone what %s", async (_what, outcome) => {
    const subjectId = crypto.randomUUID();
    const { serviceId } = await serviceWith([
      { subjectId, at: secondsAgo(90) },
      { subjectId, at: secondsAgo(60), outcome, replayId: crypto.randomUUID() },
    ]);

    await run(await begin(serviceId));

    expect(await queuedOf(serviceId)).toEqual([]);
  });

  test("queues what failed twice once, as it was told", async () => {
    const subjectId = crypto.randomUUID();
    const body = '{"id": "as it was told"}';
    const { serviceId } = await serviceWith([
      { subjectId, at: secondsAgo(90), body },
      { subjectId, at: secondsAgo(60), body, outcome: "refused", replayId: crypto.randomUUID() },
    ]);
    const replayId = await begin(serviceId);

    await run(replayId);

    const [job, ...others] = await world.sql`
      select data from pgboss.job where name = 'service-callbacks-replay' and group_id = ${serviceId}`;
    expect(others).toEqual([]);
    expect(job?.data).toMatchObject({ subjectId, attempt: 1, replayId, type: "delivery_status" });
    expect(await world.cipher.decrypt(job?.data.body, `callback:${subjectId}`)).toBe(body);
  });

  test("finds one among thousands that are no end, of one instant with them", async () => {
    const at = secondsAgo(600);
    const { serviceId } = await serviceWith(Array.from({ length: 6000 }, () => ({ at, outcome: "failed" })));
    const [refused = ""] = await storeAttempts({ sql: world.sql, cipher: world.cipher, serviceId }, [
      { at, outcome: "refused" },
    ]);
    const replayId = await begin(serviceId);

    await run(replayId);

    expect(await queuedOf(serviceId)).toEqual([refused]);
  });
});

describe("the rate of a replay", () => {
  test("is kept, without a burst at its beginning", async () => {
    const { serviceId } = await serviceWith(Array.from({ length: 60 }, () => ({})));
    const replayId = await begin(serviceId);
    const startedAt = performance.now();

    await run(replayId, { perSecond: 40 });

    // A quarter of a second's share comes at once.
    expect(performance.now() - startedAt).toBeGreaterThan(((60 - 10 - 1) / 40) * 1000);
    expect(await queuedOf(serviceId)).toHaveLength(60);
  });

  test("is none where too much waits to be taken already", async () => {
    const { serviceId } = await serviceWith(Array.from({ length: 700 }, () => ({})));
    const replayId = await begin(serviceId);
    const running = run(replayId);

    await until(async () => (await queuedOf(serviceId)).length === 500, "500 wait");
    const [half] = await world.sql`
      with taken as (
        update pgboss.job set state = 'completed'
        where name = 'service-callbacks-replay' and group_id = ${serviceId} returning 1
      ) select count(*)::int as count from taken`;
    await running;

    expect(half?.count).toBe(500);
    expect(await queuedOf(serviceId)).toHaveLength(700);
  });
});

describe("a replay whose worker dies", () => {
  test("is gone on with from where it was, and queues nothing twice", async () => {
    const { serviceId, subjects } = await serviceWith(Array.from({ length: 300 }, () => ({})));
    const replayId = await begin(serviceId);
    const death = new AbortController();
    const first = run(replayId, { perSecond: 40, signal: death.signal });
    await until(async () => (await queuedOf(serviceId)).length > 0, "it has begun");
    death.abort(new Error("killed"));
    await expect(first).rejects.toThrow();
    const before = (await queuedOf(serviceId)).length;
    expect(before).toBeLessThan(300);

    await run(replayId);

    expect((await queuedOf(serviceId)).sort()).toEqual(subjects.sort());
    expect(await findReplay(world.sql, serviceId, replayId)).toMatchObject({ state: "done", queued: 300 });
  });

  test("may go on in two places at once, and queues nothing twice", async () => {
    const { serviceId, subjects } = await serviceWith(Array.from({ length: 200 }, () => ({})));
    const replayId = await begin(serviceId);

    await Promise.all([run(replayId, { perSecond: 400 }), run(replayId, { perSecond: 400 })]);

    expect((await queuedOf(serviceId)).sort()).toEqual(subjects.sort());
    expect(await findReplay(world.sql, serviceId, replayId)).toMatchObject({ state: "done", queued: 200 });
  });
});

describe("a replay that runs", () => {
  test("ends when it is cancelled, with what waits", async () => {
    const { serviceId } = await serviceWith(Array.from({ length: 300 }, () => ({})));
    const replayId = await begin(serviceId);
    const running = run(replayId, { perSecond: 100 });
    await until(async () => (await queuedOf(serviceId)).length > 0, "it has begun");

    const cancelled = await cancelReplay(world.sql, { serviceId, id: replayId }, new Date());
    const again = await cancelReplay(world.sql, { serviceId, id: replayId }, new Date());
    await running;

    expect([cancelled, again]).toEqual([true, false]);
    expect(await queuedOf(serviceId)).toEqual([]);
    expect(await stateOf(serviceId, replayId)).toBe("cancelled");
  });

  test("cannot be cancelled in another service's name", async () => {
    const { serviceId } = await serviceWith([{}]);
    const id = await begin(serviceId);

    expect(await cancelReplay(world.sql, { serviceId: world.service.id, id }, new Date())).toBe(false);
    expect(await stateOf(serviceId, id)).toBe("running");
  });

  test.each([
    [
      "suspended",
      (id: string) =>
        world.sql`update service_callback_api set suspended_at = now() where service_id = ${id}`,
    ],
    ["removed", (serviceId: string) => removeCallback(world.sql, { serviceId, type: "delivery_status" })],
  ] as const)("stops where its callback is %s", async (_what, change) => {
    const { serviceId } = await serviceWith([{}]);
    const replayId = await begin(serviceId);
    await change(serviceId);

    await run(replayId);

    expect(await stateOf(serviceId, replayId)).toBe("stopped");
    expect(await queuedOf(serviceId)).toEqual([]);
  });

  test("is the only one of its service, so that the rate holds", async () => {
    const { serviceId } = await serviceWith([{}]);
    const first = await begin(serviceId);

    await expect(begin(serviceId)).rejects.toThrow("still running: wait until it has ended, or cancel it");
    await run(first);
    await begin(serviceId);
  });
});

describe("a replay of one thing", () => {
  const one = (serviceId: string, subjectId: string, type: CallbackType = "delivery_status") =>
    startReplay(world.sql, { serviceId, type, subjectId }, { id: crypto.randomUUID(), at: new Date() });

  test("is queued at once, and once while it waits", async () => {
    const { serviceId, subjects } = await serviceWith([{ outcome: "delivered" }]);
    const [subject = ""] = subjects;

    const first = await one(serviceId, subject);
    await one(serviceId, subject);

    expect(first).toMatchObject({ ok: true, replay: { state: "done", subjectId: subject, queued: 1 } });
    expect(await queuedOf(serviceId)).toEqual([subject]);
  });

  test("is not possible any more after a week", async () => {
    const [week, younger] = [7 * 24 * 3600 + 60, 7 * 24 * 3600 - 60].map(secondsAgo);
    const { serviceId, subjects } = await serviceWith([week, younger].map((at) => (at ? { at } : {})));
    const [old = "", young = ""] = subjects;

    const detail = await deleteOldCallbackAttempts(world.deps, never);

    expect(detail).toBe("Deleted 1 old callback attempts");
    expect(await one(serviceId, old)).toMatchObject({ ok: false });
    expect(await one(serviceId, young)).toMatchObject({ ok: true });
  });

  test("is refused, with what to do, where there is nothing to tell or nobody to tell it", async () => {
    const { serviceId, subjects } = await serviceWith([{ outcome: "failed" }, {}, { type: "complaint" }]);
    const [retried = "", ended = "", complaint = ""] = subjects;
    const unknown = crypto.randomUUID();
    const fault = async (...args: Parameters<typeof one>) => {
      const started = await one(...args);
      return started.ok ? null : started.fault;
    };

    expect(await fault(serviceId, retried)).toBe(
      `${retried} (delivery_status) is still being retried: wait until that has ended`,
    );
    expect(await fault(serviceId, unknown)).toContain(
      `There is no attempt at telling this service of ${unknown}`,
    );
    // Another service's.
    expect(await fault(world.service.id, ended)).toContain("There is no attempt");
    expect(await fault(serviceId, complaint, "complaint")).toBe(
      "The service has no complaint callback: set one first",
    );
    await setCallback(world.sql, world.cipher, {
      serviceId,
      type: "complaint",
      url: `${world.sandbox.url}/callback`,
      bearerToken: "0123456789",
    });
    await world.sql`
      update service_callback_api set suspended_at = '2026-07-01T09:30:00Z'
      where service_id = ${serviceId} and callback_type = 'complaint'`;
    const since = "suspended since 2026-07-01T09:30:00.000000Z: resume it first";
    expect(await fault(serviceId, complaint, "complaint")).toBe(
      `The service's complaint callback is ${since}`,
    );
    await expect(begin(serviceId)).rejects.toThrow(`${since}, or replay another type alone`);
    await begin(serviceId, { type: "delivery_status" });
  });
});
