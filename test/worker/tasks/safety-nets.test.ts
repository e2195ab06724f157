import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { enqueue } from "../../../shared/queue/enqueue.ts";
import { findTimeline } from "../../../shared/timeline/find-timeline.ts";
import { RetryIn } from "../../../worker/consume.ts";
import { createStore } from "../../../worker/store.ts";
import { applySmsReceipt } from "../../../worker/tasks/apply-receipt.ts";
import { deliverSms } from "../../../worker/tasks/deliver-sms.ts";
import { deliveryExhausted } from "../../../worker/tasks/delivery-exhausted.ts";
import { replayCreated } from "../../../worker/tasks/replay-created.ts";
import { timeOutSending } from "../../../worker/tasks/time-out-sending.ts";
import { jobsAbout, notificationRow } from "../../support/notifications.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;

beforeEach(async () => {
  world = await openWorld({ worker: false });
});

afterEach(() => world[Symbol.asyncDispose]());

const hour = 3_600_000;
const ago = (ms: number) => new Date(Date.now() - ms);
const row = (id: string) => notificationRow(world.sql, id);
const textsOf = (id: string) => world.sandbox.messages("sms").filter(({ reference }) => reference === id);
const jobsOf = (id: string) => jobsAbout(world.sql, "deliver-sms", id);
const callbacksOf = (id: string) => jobsAbout(world.sql, "service-callbacks", id);

async function outcomesOf(id: string): Promise<string[]> {
  const { events } = (await findTimeline(world.sql, id)) ?? { events: [] };
  return events.map((event) => {
    if (event.kind === "accepted") return "accepted by us";
    return `${event.kind} ${event.kind === "receipt" || event.kind === "end" ? event.status : event.outcome}`;
  });
}

/** Stored a while ago, and a worker died over it when it had just claimed it. */
async function abandoned(): Promise<string> {
  const id = await world.notification({ createdAt: ago(2 * hour) });
  await createStore(world.sql, { claimSeconds: 0.01 }).claim(id);
  await until(async () => !(await row(id)).claimed, "the claim lapses");
  return id;
}

/** Copies of the one notification there is. */
async function multiply(copies: number): Promise<void> {
  await world.sql`
    insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
      recipient, normalised_to, personalisation, created_at, sent_at, sent_by)
    select gen_random_uuid(), service_id, template_id, 1, 'normal', notification_type, status, recipient,
      normalised_to, personalisation, created_at, sent_at, sent_by
    from notifications, generate_series(1, ${copies})`;
}

const receiptOf = (reference: string) => ({
  v: 1 as const,
  provider: "mmg" as const,
  reference,
  providerStatus: "3",
  detail: "5",
  deliveredAt: null,
  receivedAt: new Date().toISOString(),
});

const hand = (id: string) =>
  ({ name: "deliver-sms", data: { notificationId: id }, groupId: world.service.id }) as const;

describe("a message is sent once", () => {
  test("by two workers that have its job twice", async () => {
    for (const provider of ["mmg", "firetext"] as const) world.sandbox.setFault({ provider, delay_ms: 200 });
    const ids = await Promise.all(Array.from({ length: 20 }, () => world.notification()));
    await enqueue(world.sql, [...ids, ...ids].map(hand));

    await Promise.all([world.startWorker(), world.startWorker()]);
    await until(async () => {
      const [left] = await world.sql`
        select count(*)::int as jobs from pgboss.job
        where name = 'deliver-sms' and state in ('created', 'active')`;
      return left?.jobs === 0;
    }, "each job was worked once");

    for (const id of ids) expect(textsOf(id)).toHaveLength(1);
  });

  test("by a replay beside a retry that comes at the same moment", async () => {
    const id = await abandoned();
    await replayCreated(world.deps, never);
    const deliveries = [world.newDeps(), world.newDeps()].map((deps) =>
      deliverSms({ notificationId: id }, deps, never),
    );

    await Promise.allSettled(deliveries);

    expect(textsOf(id)).toHaveLength(1);
    expect((await outcomesOf(id)).slice(0, 3)).toEqual([
      "accepted by us",
      "attempt lost",
      "attempt accepted",
    ]);
  });

  test("where a receipt comes before the replayed job does", async () => {
    const id = await abandoned();
    await replayCreated(world.deps, never);

    await applySmsReceipt(receiptOf(id), world.deps);
    await deliverSms({ notificationId: id }, world.deps, never);

    expect(textsOf(id)).toEqual([]);
    expect(await row(id)).toMatchObject({ status: "delivered", sentBy: "mmg", billableUnits: 1 });
    expect(await callbacksOf(id)).toHaveLength(1);
  });

  test("and keeps the end that a receipt gave while the replayed job was at a provider", async () => {
    const id = await abandoned();
    for (const provider of ["mmg", "firetext"] as const) world.sandbox.setFault({ provider, delay_ms: 300 });
    const delivery = deliverSms({ notificationId: id }, world.deps, never);
    await until(async () => (await row(id)).claimed, "the replayed job has it");

    await applySmsReceipt(receiptOf(id), world.deps);
    await delivery;
    await replayCreated(world.deps, never);

    expect((await row(id)).status).toBe("delivered");
    expect(await jobsOf(id)).toEqual([]);
    expect(await callbacksOf(id)).toHaveLength(1);
    // A second sending is no secret: this is the window that a worker's death leaves open.
    expect((await outcomesOf(id)).sort()).toEqual([
      "accepted by us",
      "attempt accepted",
      "attempt lost",
      "receipt delivered",
    ]);
  });
});

describe("a replay", () => {
  test("makes one job though several run at once", async () => {
    await world.notification({ createdAt: ago(2 * hour) });
    await multiply(50);

    const answers = await Promise.all([1, 2, 3].map(() => replayCreated(world.newDeps(), never)));

    expect(answers.sort()).toEqual([
      "Queued 0 notifications again",
      "Queued 0 notifications again",
      "Queued 51 notifications again",
    ]);
    const [jobs] = await world.sql`
      select count(*)::int as jobs, count(distinct data->>'notificationId')::int as ids from pgboss.job`;
    expect(jobs).toEqual({ jobs: 51, ids: 51 });
  });

  test("takes any number, whenever in the week they were made", async () => {
    await world.notification({ createdAt: ago(2 * hour) });
    await multiply(11_000);
    await world.sql`
      update notifications set created_at = now() - interval '61 minutes' - random() * interval '166 hours'
      where id::text < '8'`;

    const detail = await replayCreated(world.deps, never);

    expect(detail).toBe("Queued 11001 notifications again");
    const [jobs] =
      await world.sql`select count(distinct data->>'notificationId')::int as ids from pgboss.job`;
    expect(jobs).toEqual({ ids: 11_001 });
  });

  test("leaves letters alone, and is not stopped by a job that nobody can read", async () => {
    const id = await world.notification({ createdAt: ago(2 * hour) });
    const letter = await world.notification({ createdAt: ago(2 * hour) });
    await world.sql`update notifications set notification_type = 'letter' where id = ${letter}`;
    await enqueue(world.sql, [
      { name: "deliver-sms", data: { notificationId: "nonsense" } },
      { name: "deliver-sms", data: {} as never },
    ]);

    await replayCreated(world.deps, never);

    expect(await jobsOf(id)).toHaveLength(1);
    expect(await jobsOf(letter)).toEqual([]);
  });

  test("stops between slices when its worker does", async () => {
    const stop = new AbortController();
    stop.abort(new Error("The worker is stopping"));

    await expect(replayCreated(world.deps, stop.signal)).rejects.toThrow("The worker is stopping");
  });
});

describe("retries that are used up", () => {
  test.each<[string, object]>([
    ["a text", {}],
    ["an email", { channel: "email" }],
    ["a text to a country that sends no receipts", { international: true, normalisedTo: "93700000000" }],
    ["a test key's text", { keyType: "test" }],
  ])("end %s in technical-failure and tell its service", async (_what, facts) => {
    const id = await world.notification(facts);

    await deliveryExhausted({ notificationId: id }, world.deps);

    expect((await row(id)).status).toBe("technical-failure");
    expect(await callbacksOf(id)).toHaveLength(1);
    expect(await outcomesOf(id)).toEqual(["accepted by us", "end technical-failure"]);
  });

  test("do not end what is at a provider at this moment, which may yet take it", async () => {
    const id = await world.notification();
    await world.deps.store.claim(id);

    const failure = await deliveryExhausted({ notificationId: id }, world.newDeps()).catch((error) => error);

    expect(failure).toBeInstanceOf(RetryIn);
    expect((await row(id)).status).toBe("created");
  });
});

describe("the time-out after three days", () => {
  test("leaves out what cannot be ended, ends all else, and says that something went wrong", async () => {
    const stuck = await world.notification({ status: "sending", createdAt: ago(80 * hour) });
    await multiply(1500);
    const { store } = world.deps;
    const deps = world.newDeps({
      store: {
        ...store,
        change: (change) =>
          change.id === stuck ? Promise.reject(new Error("Cannot end it")) : store.change(change),
      },
    });

    await expect(timeOutSending(deps, never)).rejects.toThrow("Cannot end it");
    const between = await world.sql`select id from notifications where status = 'sending'`;
    await timeOutSending(world.deps, never);

    expect(between.map(({ id }) => id)).toEqual([stuck]);
    expect((await row(stuck)).status).toBe("temporary-failure");
    expect(await outcomesOf(stuck)).toEqual(["accepted by us", "end temporary-failure"]);
  });
});
