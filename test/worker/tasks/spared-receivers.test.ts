import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { callbackBodyOf } from "../../../shared/callback/job.ts";
import {
  findCallbackTarget,
  removeCallback,
  resumeCallback,
  setCallback,
} from "../../../shared/callback/queries.ts";
import { enqueue } from "../../../shared/queue/enqueue.ts";
import type { JobName, Payload } from "../../../shared/queue/jobs.ts";
import type { CallbackType } from "../../../shared/service/callback-types.ts";
import type { WorkerDeps } from "../../../worker/deps.ts";
import { sendCallback } from "../../../worker/tasks/send-callback.ts";
import { tendCallbacks } from "../../../worker/tasks/tend-callbacks.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;
/** What all workers' clocks show. */
let time: Date;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterEach(() => world.sandbox.clearFaults());

afterAll(() => world[Symbol.asyncDispose]());

type Lane = Extract<JobName, "service-callbacks" | "service-callbacks-retry" | "service-callbacks-parked">;

/** A service with callbacks of its own, and what can be seen of them. */
async function openReceiver({
  type = "delivery_status",
  serviceId,
}: {
  type?: CallbackType;
  serviceId?: string;
} = {}) {
  time = new Date("2036-01-01T00:00:00Z");
  const service = serviceId ?? (await world.addService(`Service ${crypto.randomUUID()}`)).id;
  const path = `/callback/${crypto.randomUUID()}`;
  const configured = { serviceId: service, type, bearerToken: "0123456789" };
  await setCallback(world.sql, world.cipher, { ...configured, url: `${world.sandbox.url}${path}` });

  const told = () => world.sandbox.messages("callback").filter(({ to }) => to === path);
  const jobs = async (queue: Lane) => [
    ...(await world.sql<{ id: string; data: Payload<"service-callbacks">; groupId: string }[]>`
      select id, data, group_id as "groupId" from pgboss.job
      where name = ${queue} and state < 'active' and data->>'serviceId' = ${service} and data->>'type' = ${type}
      order by start_after, created_on`),
  ];
  const id = async () => (await findCallbackTarget(world.sql, service, type))?.id ?? "";

  return {
    serviceId: service,
    id,
    told,
    jobs,
    key: async () => ({ serviceId: service, type, id: await id() }),
    fails: () => world.sandbox.setFault({ provider: "callback", path, status: 500 }),
    refuses: () => world.sandbox.setFault({ provider: "callback", path, status: 404 }),
    gone: () => world.sandbox.setFault({ provider: "callback", path, status: 410 }),
    recovers: () => world.sandbox.setFault({ provider: "callback", path, status: 200 }),
    /** Something happens that the service is to be told. */
    async happens(count: number): Promise<string[]> {
      const ids = Array.from({ length: count }, () => crypto.randomUUID());
      const made = ids.map(async (subjectId) => ({
        name: "service-callbacks" as const,
        groupId: service,
        data: {
          v: 1 as const,
          type,
          serviceId: service,
          subjectId,
          attempt: 1,
          body: await world.cipher.encrypt(`{"id": "${subjectId}"}`, callbackBodyOf(subjectId)),
        },
      }));
      await enqueue(world.sql, await Promise.all(made));
      return ids;
    },
    /** Works what is due of both lanes, shared out among workers that know nothing yet. Answers how many it were. */
    async work(workers: readonly WorkerDeps[] = [worker()]): Promise<number> {
      const due = await world.sql<{ id: string; data: Payload<"service-callbacks"> }[]>`
        delete from pgboss.job where name in ('service-callbacks', 'service-callbacks-retry')
          and data->>'serviceId' = ${service} and data->>'type' = ${type}
          and (start_after <= ${time} or start_after <= now()) and state < 'active'
        returning id, data`;
      await Promise.all(
        due.map(({ id: jobId, data }, at) => {
          const deps = workers[at % workers.length] ?? worker();
          return sendCallback(data, deps, never, { id: jobId, attempt: 1 });
        }),
      );
      for (const { callbackHealth } of workers) await callbackHealth.flush();
      return due.length;
    },
    outcomes: async () => {
      const rows = await world.sql<{ outcome: string; count: number }[]>`
        select outcome, count(*)::int as count from callback_attempts where service_id = ${service} and type = ${type}
        group by outcome order by outcome`;
      return Object.fromEntries(rows.map(({ outcome, count }) => [outcome, count]));
    },
    suspensions: async () => {
      const callbackId = await id();
      return world.lines.filter(
        ({ facts, message }) => facts.callbackId === callbackId && message === "Callback suspended",
      );
    },
  };
}

/** Another worker: it remembers nothing of what others know. */
function worker(): WorkerDeps {
  return world.newDeps({ now: () => time, random: () => 0.5 });
}

const tend = () => tendCallbacks(worker(), never);

function pass(seconds: number): void {
  time = new Date(time.getTime() + seconds * 1000);
}

/** A receiver whose breaker ten failures opened, their retries away. */
async function openSpared(options: Parameters<typeof openReceiver>[0] = {}) {
  const receiver = await openReceiver(options);
  receiver.fails();
  await receiver.happens(10);
  await receiver.work();
  await world.sql`
    delete from pgboss.job where name = 'service-callbacks-retry' and data->>'serviceId' = ${receiver.serviceId}`;
  return receiver;
}

describe("a receiver that fails too often", () => {
  test("is not called, and what is for it is parked as it is, on whichever worker", async () => {
    const receiver = await openSpared();
    const before = receiver.told().length;

    await receiver.happens(30);
    await receiver.work([worker(), worker()]);

    expect(receiver.told()).toHaveLength(before);
    const parked = await receiver.jobs("service-callbacks-parked");
    expect(parked).toHaveLength(30);
    expect(parked.map(({ data }) => data.attempt)).toEqual(parked.map(() => 1));
    expect(new Set(parked.map(({ groupId }) => groupId))).toEqual(new Set([await receiver.id()]));
    expect(await receiver.outcomes()).toEqual({ failed: 10 });
    expect(world.lines.filter(({ facts }) => facts.callbackId === parked[0]?.groupId)).toMatchObject([
      { level: "warn", message: "A receiver of callbacks is spared: it fails too often" },
    ]);
  });

  test("is alone: its service is told of other things as ever", async () => {
    const dead = await openSpared();
    const alive = await openReceiver({ type: "inbound_sms", serviceId: dead.serviceId });

    await alive.happens(5);
    await dead.happens(5);
    await Promise.all([alive.work(), dead.work()]);

    expect(alive.told()).toHaveLength(5);
    expect(await dead.jobs("service-callbacks-parked")).toHaveLength(5);
  });

  test("is one that does not answer, not one that refuses", async () => {
    const receiver = await openReceiver();
    receiver.refuses();
    await receiver.happens(20);
    await receiver.work();

    await receiver.happens(1);
    await receiver.work();

    expect(await receiver.outcomes()).toEqual({ refused: 21 });
  });

  test("has nothing fetched again and again: what is parked stays where it is until the time comes", async () => {
    const receiver = await openSpared();
    await receiver.happens(200);
    await receiver.work();
    const parked = await receiver.jobs("service-callbacks-parked");

    for (let round = 0; round < 4; round++) {
      pass(7);
      await tend();
      expect(await receiver.work()).toBe(0);
    }

    expect(await receiver.jobs("service-callbacks-parked")).toEqual(parked);
  });

  test("has a job parked once though it is run twice", async () => {
    const receiver = await openSpared();
    await receiver.happens(1);
    const [job] = await receiver.jobs("service-callbacks");
    if (!job) throw new Error("Expected a job");

    for (const deps of [worker(), worker()])
      await sendCallback(job.data, deps, never, { id: job.id, attempt: 1 });

    expect(await receiver.jobs("service-callbacks-parked")).toHaveLength(1);
  });
});

describe("a receiver that is spared", () => {
  test("is tried with one callback each half minute, by all workers together", async () => {
    const receiver = await openSpared();
    await receiver.happens(20);
    await receiver.work();
    const before = receiver.told().length;

    const calls: number[] = [];
    for (let round = 0; round < 4; round++) {
      pass(31);
      await receiver.happens(6);
      await Promise.all([tend(), tend()]);
      await receiver.work([worker(), worker(), worker()]);
      calls.push(receiver.told().length - before);
    }

    expect(calls).toEqual([1, 2, 3, 4]);
    expect(await receiver.jobs("service-callbacks-parked")).toHaveLength(20 + 4 * 6);
    expect(await receiver.outcomes()).toEqual({ failed: 10 });
  });

  test("is tried with another callback each time: it may fail at one alone", async () => {
    const receiver = await openSpared();
    const waiting = await receiver.happens(3);
    await receiver.work();
    const before = receiver.told().length;

    for (let round = 0; round < 3; round++) {
      pass(31);
      await tend();
      await receiver.work();
    }

    const tried = receiver.told().slice(0, receiver.told().length - before);
    expect(tried.map(({ body }) => JSON.parse(body).id).sort()).toEqual(waiting.sort());
    const parked = await receiver.jobs("service-callbacks-parked");
    expect(parked.map(({ data }) => data.attempt)).toEqual([1, 1, 1]);
  });

  test("is tried in time though no schedule fires: who spares it asks for that", async () => {
    await world.sql`
      delete from pgboss.job
      where name = 'maintenance' and start_after > now() + interval '1 year'`;
    await openSpared();

    const asked = await world.sql`
      select data->>'task' as task, start_after as at from pgboss.job
      where name = 'maintenance' and start_after > now() + interval '1 year'`;

    expect([...asked]).toEqual([{ task: "tend-callbacks", at: new Date(time.getTime() + 30_000) }]);
  });

  test("is told everything once it answers, by the lane for retries", async () => {
    const receiver = await openSpared();
    const waiting = await receiver.happens(40);
    await receiver.work();
    receiver.recovers();

    pass(31);
    await tend();
    const tried = await receiver.work();
    await tend();
    const moved = await receiver.jobs("service-callbacks-retry");
    await receiver.work();

    expect(tried).toBe(1);
    expect(moved).toHaveLength(39);
    expect(new Set(moved.map(({ groupId }) => groupId))).toEqual(new Set([receiver.serviceId]));
    const ids = receiver.told().map(({ body }) => JSON.parse(body).id);
    for (const id of waiting) expect(ids.filter((one) => one === id)).toHaveLength(1);
    expect(await receiver.outcomes()).toEqual({ failed: 10, delivered: 40 });
    expect(await receiver.jobs("service-callbacks-parked")).toEqual([]);
    const callbackId = await receiver.id();
    const lines = world.lines.filter(({ facts }) => facts.callbackId === callbackId);
    expect(lines.at(-1)).toMatchObject({ message: "A receiver of callbacks answers again" });
  });

  test("is tried by something new where nothing is parked", async () => {
    const receiver = await openSpared();
    receiver.recovers();

    pass(30);
    await receiver.happens(3);
    await receiver.work([worker(), worker()]);
    await tend();
    await receiver.work();

    expect(await receiver.outcomes()).toEqual({ failed: 10, delivered: 3 });
  });

  test("is forgotten where the service changes its mind: what is parked goes nowhere", async () => {
    const receiver = await openSpared();
    await receiver.happens(5);
    await receiver.work();
    const before = receiver.told().length;
    await removeCallback(world.sql, { serviceId: receiver.serviceId, type: "delivery_status" });

    await tend();
    await receiver.work();

    expect(receiver.told()).toHaveLength(before);
    expect(await receiver.jobs("service-callbacks-parked")).toEqual([]);
    expect(await receiver.jobs("service-callbacks-retry")).toEqual([]);
  });
});

describe("a callback is suspended", () => {
  test("after five days, and its operator is told once; what waits ends, and can be told again", async () => {
    const receiver = await openSpared();
    const waiting = await receiver.happens(12);
    await receiver.work();
    const before = receiver.told().length;

    pass(5 * 24 * 3600);
    await Promise.all([tend(), tend()]);
    await tend();
    await receiver.work();
    await tend();

    expect(receiver.told()).toHaveLength(before);
    expect(await receiver.suspensions()).toMatchObject([
      {
        level: "error",
        facts: { serviceId: receiver.serviceId, type: "delivery_status", reason: "Failed for 5 days" },
      },
    ]);
    expect(await receiver.outcomes()).toEqual({ failed: 10, suspended: 12 });
    const ended = await world.sql`
      select subject_id as id from callback_attempts where service_id = ${receiver.serviceId}
        and outcome = 'suspended' and body is not null`;
    expect(ended.map(({ id }) => id).sort()).toEqual(waiting.sort());
    expect(await receiver.jobs("service-callbacks-parked")).toEqual([]);
  });

  test("at once when its receiver is gone, and its operator is told once", async () => {
    const receiver = await openReceiver();
    receiver.gone();
    await receiver.happens(4);

    await receiver.work([worker(), worker()]);
    const called = receiver.told().length;
    await receiver.happens(2);
    await receiver.work();

    expect(receiver.told()).toHaveLength(called);
    expect(await receiver.suspensions()).toMatchObject([
      { level: "error", facts: { reason: "Answered 410: gone", serviceTold: false } },
    ]);
    expect(await receiver.outcomes()).toEqual({ refused: called, suspended: 6 - called });
  });

  test("when a try finds it gone, and what is parked ends", async () => {
    const receiver = await openSpared();
    await receiver.happens(5);
    await receiver.work();
    receiver.gone();

    pass(31);
    await tend();
    await receiver.work();
    await tend();
    await receiver.work();

    expect(await receiver.outcomes()).toEqual({ failed: 10, refused: 1, suspended: 4 });
    expect(await receiver.suspensions()).toHaveLength(1);
  });

  test("until it is resumed: then it is called as before", async () => {
    const receiver = await openReceiver();
    receiver.gone();
    await receiver.happens(1);
    await receiver.work();
    receiver.recovers();

    await resumeCallback(world.sql, await receiver.key(), { updatedById: null, at: time });
    await receiver.happens(3);
    await receiver.work();

    expect(await receiver.outcomes()).toEqual({ refused: 1, delivered: 3 });
  });

  test("not where an operator resumes it while it is spared: what is parked is told at once", async () => {
    const receiver = await openSpared();
    await receiver.happens(3);
    await receiver.work();
    receiver.recovers();

    await resumeCallback(world.sql, await receiver.key(), { updatedById: null, at: time });
    await tend();
    await receiver.work();

    expect(await receiver.outcomes()).toEqual({ failed: 10, delivered: 3 });
  });
});
