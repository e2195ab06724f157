import { expect, test } from "bun:test";
import { listServiceAttempts } from "../../shared/callback/attempt-list.ts";
import { callbackBodyOf } from "../../shared/callback/job.ts";
import { setCallback } from "../../shared/callback/queries.ts";
import { findReplay, startReplay } from "../../shared/callback/replay.ts";
import { enqueue, type NewJob } from "../../shared/queue/enqueue.ts";
import { storeAttempts } from "../support/told-callbacks.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

async function tellLive({ sql, cipher }: World, serviceId: string, count: number): Promise<string[]> {
  const subjects = Array.from({ length: count }, () => crypto.randomUUID());
  const jobs = subjects.map(async (subjectId): Promise<NewJob> => {
    const body = await cipher.encrypt(JSON.stringify({ id: subjectId }), callbackBodyOf(subjectId));
    const data = { v: 1, type: "delivery_status", serviceId, subjectId, attempt: 1, body } as const;
    return { name: "service-callbacks", data, groupId: serviceId };
  });
  await enqueue(sql, await Promise.all(jobs));
  return subjects;
}

test("2,000 are told again by two workers, one of which goes, beside what is new", async () => {
  await using world = await openWorld({
    env: { CALLBACK_REPLAYS_PER_SECOND: "300", CALLBACK_TIMEOUT_MS: "30000" },
  });
  const other = await world.startWorker();
  const { sql, cipher, service, sandbox } = world;
  const { id: neighbour } = await world.addService("Neighbour");
  const place = { sql, cipher, serviceId: service.id };
  const subjects = await storeAttempts(
    place,
    Array.from({ length: 2000 }, () => ({})),
  );
  const id = crypto.randomUUID();
  const since = new Date(Date.now() - 3_600_000);
  const asked = { serviceId: service.id, type: null, outcome: "undelivered", since } as const;
  const toldIds = () => sandbox.messages("callback").map(({ headers }) => headers?.["webhook-id"] ?? "");

  const started = await startReplay(sql, asked, { id, at: new Date() });
  await until(() => toldIds().length >= 200, "it has begun");
  await other.stop(0);
  const live = [...(await tellLive(world, service.id, 100)), ...(await tellLive(world, neighbour, 100))];
  await until(() => {
    const told = new Set(toldIds());
    return live.every((subject) => told.has(`delivery_status_${subject}`));
  }, "what is new was told");
  const meanwhile = await findReplay(sql, service.id, id);
  const done = await until(async () => {
    const replay = await findReplay(sql, service.id, id);
    // What the worker that went had told may have been told, and counted, by the other too.
    return replay && replay.delivered >= 2000 ? replay : null;
  }, "all was told again");

  expect(started.ok).toBe(true);
  // What is new did not wait for it.
  expect(meanwhile?.delivered).toBeLessThan(1500);
  expect(done).toMatchObject({ state: "done", queued: 2000, undelivered: 0 });
  const told = toldIds();
  expect(new Set(told)).toEqual(
    new Set([...subjects, ...live].map((subject) => `delivery_status_${subject}`)),
  );
  expect(told.length).toBeLessThan(2200 + 20);
  const [attempts] = await sql`
    select count(*)::int as count, count(distinct replay_id)::int as replays from callback_attempts
    where service_id = ${service.id} and replay_id is not null and outcome = 'delivered' and attempt = 1`;
  expect(attempts).toEqual({ count: expect.any(Number), replays: 1 });
}, 120_000);

test("what fails again when it is told again goes through retries, and is told under the same id", async () => {
  await using world = await openWorld();
  const { sql, cipher, service, sandbox } = world;
  const [subject = ""] = await storeAttempts({ sql, cipher, serviceId: service.id }, [{}]);
  sandbox.setFault({ provider: "callback", status: 503, count: 1 });
  const id = crypto.randomUUID();

  const request = { serviceId: service.id, type: "delivery_status", subjectId: subject } as const;
  await startReplay(sql, request, { id, at: new Date() });
  const retry = await until(async () => {
    const [job] = await sql`
      update pgboss.job set start_after = now() where name = 'service-callbacks-retry' and state < 'active'
      returning data`;
    return job ?? null;
  }, "it failed");
  await sql`select pg_notify('pillarbox_jobs', 'service-callbacks-retry')`;
  await until(async () => (await findReplay(sql, service.id, id))?.delivered === 1, "it was told");

  expect(retry.data).toMatchObject({ attempt: 2, replayId: id });
  const ids = sandbox.messages("callback").map(({ headers }) => headers?.["webhook-id"]);
  expect(ids).toEqual([`delivery_status_${subject}`, `delivery_status_${subject}`]);
  const attempts = await sql`
    select attempt, outcome, replay_id as replay from callback_attempts where subject_id = ${subject} order by id`;
  expect(attempts.map((row) => ({ ...row }))).toEqual([
    { attempt: 1, outcome: "exhausted", replay: null },
    { attempt: 1, outcome: "failed", replay: id },
    { attempt: 2, outcome: "delivered", replay: id },
  ]);
});

test.each<[string, Uint8Array<ArrayBuffer>, RegExp]>([
  ["binary", new Uint8Array(3000).map((_, at) => (at * 37) % 256), /^\0%/],
  ["of NULs", new Uint8Array(2000), /^\0{1024}$/],
  ["huge", new Uint8Array(3_000_000).fill(120), /^x{1024}$/],
])("an answer that is %s is kept, cut, and harms nothing", async (_what, answer, kept) => {
  await using world = await openWorld();
  const { sql, cipher, service } = world;
  await using receiver = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => new Response(answer, { status: 404 }),
  });
  const url = `http://127.0.0.1:${receiver.port}/`;
  const callback = {
    serviceId: service.id,
    type: "delivery_status",
    url,
    bearerToken: "0123456789",
  } as const;
  await setCallback(sql, cipher, callback);

  const [subject = ""] = await tellLive(world, service.id, 1);
  const all = { serviceId: service.id, type: null, outcome: null, since: null, olderThan: null, limit: 10 };
  const [attempt] = await until(async () => {
    const attempts = await listServiceAttempts(sql, cipher, all);
    return attempts.length > 0 ? attempts : null;
  }, "it was told");

  expect(attempt).toMatchObject({
    subjectId: subject,
    outcome: "refused",
    status: 404,
    address: "127.0.0.1",
  });
  expect(attempt?.excerpt).toMatch(kept);
});
