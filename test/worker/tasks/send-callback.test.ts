import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { removeCallback, setCallback } from "../../../shared/callback/queries.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import type { JobFacts } from "../../../worker/consume.ts";
import type { WorkerDeps } from "../../../worker/deps.ts";
import { applySmsReceipt } from "../../../worker/tasks/apply-receipt.ts";
import { deliveryExhausted } from "../../../worker/tasks/delivery-exhausted.ts";
import { sendCallback } from "../../../worker/tasks/send-callback.ts";
import type { Message } from "../../sandbox/message.ts";
import { jobsAbout, type NotificationFacts } from "../../support/notifications.ts";
import { until } from "../../support/until.ts";
import { openWorld, type World } from "../../support/world.ts";
import { closedUrl, never, openRawProvider, startAnswer } from "../providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

afterEach(() => world.sandbox.clearFaults());

afterAll(() => world[Symbol.asyncDispose]());

const retry = { stepsSeconds: [300, 300, 300, 300, 300], jitter: 0 };
const settings = { timeoutMs: 5000, retry };
const hasty = { ...settings, timeoutMs: 300 };

interface Waiting {
  id: string;
  payload: Payload<"service-callbacks">;
  job: JobFacts;
}

/** A notification that ended, and the job that tells its service. */
async function callbackWaiting(facts: NotificationFacts = {}, providerStatus = "3"): Promise<Waiting> {
  const id = await world.notification({ status: "sending", ...facts });
  const receivedAt = new Date().toISOString();
  const told = { detail: null, deliveredAt: null, receivedAt } as const;
  await applySmsReceipt({ v: 1, provider: "mmg", reference: id, providerStatus, ...told }, world.deps);
  return await firstOf("service-callbacks", id);
}

async function firstOf(queue: "service-callbacks" | "service-callbacks-retry", id: string): Promise<Waiting> {
  const [job] = await jobsAbout(world.sql, queue, id);
  if (!job) throw new Error(`Expected a job in ${queue}`);
  return { id, payload: job.data as Payload<"service-callbacks">, job: { id: job.id, attempt: 1 } };
}

/** Receivers are not judged here: what one test's does would count against the next one's. */
const callbackHealth = { add() {}, async flush() {} };

function send({ payload, job }: Waiting, over: Partial<WorkerDeps> = {}): Promise<void> {
  return sendCallback(payload, world.newDeps({ callbacks: settings, callbackHealth, ...over }), never, job);
}

function toldOf(id: string): Message[] {
  return world.sandbox.messages("callback").filter(({ body }) => body.includes(id));
}

const retriesOf = (id: string) => jobsAbout(world.sql, "service-callbacks-retry", id);
const linesOf = (id: string) => world.lines.filter(({ facts }) => facts.subjectId === id);

/** A service that is told at an address of its own. */
async function serviceToldAt(url: string): Promise<string> {
  const { id: serviceId } = await world.addService(`Service ${crypto.randomUUID()}`);
  await setCallback(world.sql, world.cipher, {
    serviceId,
    type: "delivery_status",
    url,
    bearerToken: "0123456789",
  });
  return serviceId;
}

describe("what a service is told", () => {
  const createdAt = new Date("2026-03-14T12:35:25.909Z");
  const sentAt = new Date("2026-03-14T12:35:26.001Z");
  const completedAt = new Date("2026-03-14T12:36:00.000Z");

  test.each([
    ["3", "delivered"],
    ["2", "permanent-failure"],
    ["4", "temporary-failure"],
    ["nonsense", "technical-failure"],
  ])("of MMG's %s is %s, byte for byte as Notify writes it", async (providerStatus, status) => {
    const id = await world.notification({ status: "sending", createdAt, sentAt, clientReference: "ref-1" });
    const receipt = {
      v: 1,
      provider: "mmg",
      reference: id,
      providerStatus,
      detail: null,
      deliveredAt: null,
    } as const;
    const deps = world.newDeps({ now: () => completedAt });

    await applySmsReceipt({ ...receipt, receivedAt: completedAt.toISOString() }, deps);
    await send(await firstOf("service-callbacks", id));

    expect(toldOf(id).map(({ body }) => body)).toEqual([
      `{"id": "${id}", "reference": "ref-1", "to": "07700 900123", "status": "${status}", ` +
        '"created_at": "2026-03-14T12:35:25.909000Z", "completed_at": "2026-03-14T12:36:00.000000Z", ' +
        '"sent_at": "2026-03-14T12:35:26.001000Z", "notification_type": "sms", ' +
        `"template_id": "${world.service.templates.sms}", "template_version": 1}`,
    ]);
  });

  test("leaves open what is not known, of an email that was never sent", async () => {
    const id = await world.notification({ channel: "email", createdAt });

    await deliveryExhausted({ notificationId: id }, world.newDeps({ now: () => completedAt }));
    await send(await firstOf("service-callbacks", id));

    expect(toldOf(id).map(({ body }) => body)).toEqual([
      `{"id": "${id}", "reference": null, "to": "Ada@example.com", "status": "technical-failure", ` +
        '"created_at": "2026-03-14T12:35:25.909000Z", "completed_at": "2026-03-14T12:36:00.000000Z", ' +
        '"sent_at": null, "notification_type": "email", ' +
        `"template_id": "${world.service.templates.email}", "template_version": 1}`,
    ]);
  });

  test("escapes what Python's json.dumps escapes", async () => {
    const clientReference = '"q" \\ / \b\f\n\r\t\u001f\u007f é ŵ \u2028 🙂 </script>';

    const waiting = await callbackWaiting({ clientReference, to: "+44 (0)7700 900123" });
    await send(waiting);

    const [told] = toldOf(waiting.id);
    expect(told?.body).toContain(
      '"reference": "\\"q\\" \\\\ / \\b\\f\\n\\r\\t\\u001f\\u007f \\u00e9 \\u0175 \\u2028 \\ud83d\\ude42 </script>", "to": "+44 (0)7700 900123", ',
    );
  });
});

describe("a callback that is taken", () => {
  test("carries the service's token and leaves no job behind", async () => {
    const waiting = await callbackWaiting();

    await send(waiting);

    expect(toldOf(waiting.id)).toMatchObject([
      {
        to: "/callback",
        headers: {
          authorization: `Bearer ${world.service.callbackToken}`,
          "content-type": "application/json",
        },
      },
    ]);
    expect(await retriesOf(waiting.id)).toEqual([]);
    expect(linesOf(waiting.id)).toMatchObject([
      { level: "debug", message: "Callback delivered", facts: { status: 200, attempt: 1 } },
    ]);
  });

  test("is so with a 204", async () => {
    world.sandbox.setFault({ provider: "callback", status: 204 });
    const waiting = await callbackWaiting();

    await send(waiting);

    expect(await retriesOf(waiting.id)).toEqual([]);
  });

  test("is so though its answer's body has no end", async () => {
    await using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(65_536)) })),
    });
    const waiting = await callbackWaiting({ serviceId: await serviceToldAt(server.url.href) });

    await send(waiting);

    expect(await retriesOf(waiting.id)).toEqual([]);
    expect(linesOf(waiting.id)).toMatchObject([{ message: "Callback delivered" }]);
  });
});

describe("a callback that fails for now", () => {
  const faults: [string, object, string][] = [
    ["is answered 408", { status: 408 }, "Answered 408"],
    ["is answered 429", { status: 429 }, "Answered 429"],
    ["is answered 500", { status: 500 }, "Answered 500"],
    ["is answered 503", { status: 503 }, "Answered 503"],
    ["hangs", { hang: true }, "No answer in 300 ms"],
    ["is answered late", { delay_ms: 5000 }, "No answer in 300 ms"],
    ["is cut off", { reset: true }, "ECONNRESET"],
  ];
  test.each(faults)("because it %s is retried later in the lane for retries", async (_how, fault, reason) => {
    world.sandbox.setFault({ provider: "callback", ...fault });
    const waiting = await callbackWaiting();
    const at = new Date("2036-01-01T00:00:00Z");

    await send(waiting, { callbacks: hasty, now: () => at });

    const retries = await retriesOf(waiting.id);
    expect(retries).toMatchObject([
      {
        data: { ...waiting.payload, attempt: 2 },
        groupId: world.service.id,
        startAfter: new Date("2036-01-01T00:05:00Z"),
        state: "created",
      },
    ]);
    const facts = { serviceId: world.service.id, url: `${world.sandbox.url}/callback`, attempt: 1, reason };
    expect(linesOf(waiting.id)).toMatchObject([
      { level: "warn", message: "Callback failed: it will be retried", facts },
    ]);
  });

  test("because nobody listens is retried", async () => {
    const waiting = await callbackWaiting({ serviceId: await serviceToldAt(`${closedUrl()}/x`) });

    await send(waiting);

    expect(await retriesOf(waiting.id)).toHaveLength(1);
  });

  test("because its answer's body never ends in time is retried", async () => {
    using server = openRawProvider((socket) => startAnswer(socket, "200 OK"));
    const waiting = await callbackWaiting({ serviceId: await serviceToldAt(server.url) });

    await send(waiting, { callbacks: hasty });

    expect(await retriesOf(waiting.id)).toHaveLength(1);
  });

  test("is one job in the lane for retries however often its own is delivered", async () => {
    world.sandbox.setFault({ provider: "callback", status: 500 });
    const waiting = await callbackWaiting();

    await send(waiting);
    await Promise.all([send(waiting), send(waiting)]);

    expect(await retriesOf(waiting.id)).toHaveLength(1);
    expect(toldOf(waiting.id)).toHaveLength(3);
  });

  test("comes again with the same bytes, until it is taken", async () => {
    world.sandbox.setFault({ provider: "callback", status: 500, count: 2 });
    const waiting = await callbackWaiting();

    await send(waiting);
    const second = await firstOf("service-callbacks-retry", waiting.id);
    await send(second);
    const third = (await retriesOf(waiting.id)).find(({ data }) => data.attempt === 3);
    await send({ ...second, payload: third?.data as never, job: { id: third?.id ?? "", attempt: 1 } });

    expect(toldOf(waiting.id).map(({ body, status }) => [body, status])).toEqual([
      [expect.any(String), 200],
      [toldOf(waiting.id)[0]?.body ?? "", 500],
      [toldOf(waiting.id)[0]?.body ?? "", 500],
    ]);
    expect(await retriesOf(waiting.id)).toHaveLength(2);
  });

  test.each([
    [5, "Callback failed: it will be retried", 1],
    [6, "Callback failed: no retries are left", 0],
    [7, "Callback failed: no retries are left", 0],
  ])("in attempt %i says %p", async (attempt, message, jobs) => {
    world.sandbox.setFault({ provider: "callback", status: 500 });
    const waiting = await callbackWaiting();

    await send({ ...waiting, payload: { ...waiting.payload, attempt } });

    expect(linesOf(waiting.id)).toMatchObject([{ level: "warn", message, facts: { attempt } }]);
    expect(await retriesOf(waiting.id)).toHaveLength(jobs);
  });

  test("is left to another worker when its own stops, and nothing is queued", async () => {
    world.sandbox.setFault({ provider: "callback", hang: true });
    const waiting = await callbackWaiting();
    const stop = new AbortController();
    const call = sendCallback(waiting.payload, world.newDeps(), stop.signal, waiting.job);
    await until(() => toldOf(waiting.id).length > 0, "the call is under way");

    stop.abort(new Error("The worker is stopping"));

    await expect(call).rejects.toThrow("The worker is stopping");
    expect(await retriesOf(waiting.id)).toEqual([]);
  });
});

describe("a callback that is refused", () => {
  test.each([400, 401, 404, 301, 302, 307])("with a %i is not retried and says so", async (status) => {
    const headers = { location: `${world.sandbox.url}/callback/elsewhere` };
    world.sandbox.setFault({ provider: "callback", path: "/callback", status, headers });
    const waiting = await callbackWaiting();

    await send(waiting);

    expect(toldOf(waiting.id).map(({ to }) => to)).toEqual(["/callback"]);
    expect(await retriesOf(waiting.id)).toEqual([]);
    expect(linesOf(waiting.id)).toMatchObject([
      {
        level: "warn",
        message: "Callback refused: it is not being retried",
        facts: { reason: expect.stringContaining(`Answered ${status}`), serviceId: world.service.id },
      },
    ]);
  });
});

describe("a callback's address and token", () => {
  test("are those of now, not those of the first attempt", async () => {
    const serviceId = await serviceToldAt(`${world.sandbox.url}/callback/old`);
    world.sandbox.setFault({ provider: "callback", path: "/callback/old", status: 500 });
    const waiting = await callbackWaiting({ serviceId });
    await send(waiting);

    const url = `${world.sandbox.url}/callback/new`;
    await setCallback(world.sql, world.cipher, {
      serviceId,
      type: "delivery_status",
      url,
      bearerToken: "new-token-1",
    });
    await send(await firstOf("service-callbacks-retry", waiting.id));

    expect(toldOf(waiting.id).map(({ to, headers }) => [to, headers?.authorization])).toEqual([
      ["/callback/new", "Bearer new-token-1"],
      ["/callback/old", "Bearer 0123456789"],
    ]);
  });

  test("are noticed by a worker that knew the old ones within a second or two", async () => {
    const serviceId = await serviceToldAt(`${world.sandbox.url}/callback/before`);
    const waiting = await callbackWaiting({ serviceId });
    await sendCallback(waiting.payload, world.deps, never, waiting.job);
    const changedAt = performance.now();

    const url = `${world.sandbox.url}/callback/after`;
    await setCallback(world.sql, world.cipher, {
      serviceId,
      type: "delivery_status",
      url,
      bearerToken: "0123456789",
    });
    let lastOldMs = 0;
    await until(async () => {
      const beganMs = performance.now() - changedAt;
      await sendCallback(waiting.payload, world.deps, never, waiting.job);
      const isNew = toldOf(waiting.id)[0]?.to === "/callback/after";
      if (!isNew) lastOldMs = beganMs;
      return isNew;
    }, "the new address is called");

    // By when it began: how long a call takes is the machine's affair.
    expect(lastOldMs).toBeLessThan(2000);
  });

  test("once removed end what still waits", async () => {
    const serviceId = await serviceToldAt(`${world.sandbox.url}/callback`);
    const waiting = await callbackWaiting({ serviceId });
    await removeCallback(world.sql, { serviceId, type: "delivery_status" });

    await send(waiting);

    expect(toldOf(waiting.id)).toEqual([]);
    expect(await retriesOf(waiting.id)).toEqual([]);
    expect(linesOf(waiting.id)).toMatchObject([
      { level: "info", message: "Callback dropped: the service wants none any more", facts: { serviceId } },
    ]);
  });

  test("are in no job and no log line, nor is the recipient", async () => {
    const { port } = new URL(world.sandbox.url);
    const url = `http://127.0.0.1:${port}/callback/way?key=hidden#part`;
    const serviceId = await serviceToldAt(url);
    world.sandbox.setFault({ provider: "callback", status: 500, count: 1 });
    world.sandbox.setFault({ provider: "callback", status: 404, count: 1 });
    const waiting = await callbackWaiting({ serviceId, clientReference: "case-1" });

    await send(waiting);
    await send(await firstOf("service-callbacks-retry", waiting.id));

    const lines = linesOf(waiting.id);
    expect(lines.map(({ facts }) => facts.url)).toEqual([
      `http://127.0.0.1:${port}/callback/way`,
      `http://127.0.0.1:${port}/callback/way`,
    ]);
    const jobs = [
      ...(await jobsAbout(world.sql, "service-callbacks", waiting.id)),
      ...(await retriesOf(waiting.id)),
    ];
    expect(jobs).toHaveLength(2);
    for (const secret of ["hidden", "0123456789", "900123", "case-1"]) {
      expect(JSON.stringify(lines)).not.toContain(secret);
      expect(JSON.stringify(jobs)).not.toContain(secret);
    }
  });
});

describe("when a callback is tried again", () => {
  test("is by the schedule, a fifth earlier or later by chance", async () => {
    world.sandbox.setFault({ provider: "callback", status: 500 });
    const at = new Date("2036-01-01T00:00:00Z");
    const due: (Date | undefined)[] = [];
    for (const random of [0, 0.5, 0.999_999]) {
      const waiting = await callbackWaiting();
      await send(waiting, { callbacks: world.config.callbacks, random: () => random, now: () => at });
      due.push((await retriesOf(waiting.id))[0]?.startAfter);
    }

    const seconds = due.map((one) => Math.round(((one?.getTime() ?? 0) - at.getTime()) / 100) / 10);
    expect(seconds).toEqual([4, 5, 6]);
  });

  test.each([
    ["7", 7],
    ["1", 5],
    ["3600", 10],
    ["Tue, 01 Jan 2036 00:00:08 GMT", 8],
    ["Mon, 31 Dec 2035 23:00:00 GMT", 5],
    ["soon", 5],
  ])("heeds Retry-After: %s, within bounds", async (asked, seconds) => {
    world.sandbox.setFault({ provider: "callback", status: 429, headers: { "retry-after": asked } });
    const waiting = await callbackWaiting();
    const at = new Date("2036-01-01T00:00:00Z");

    await send(waiting, { callbacks: world.config.callbacks, random: () => 0.5, now: () => at });

    const [retry] = await retriesOf(waiting.id);
    expect(retry?.startAfter).toEqual(new Date(at.getTime() + seconds * 1000));
  });
});

test("no database connection is held while receivers take their time", async () => {
  world.sandbox.setFault({ provider: "callback", hang: true });
  const waiting = await Promise.all(Array.from({ length: 20 }, () => callbackWaiting()));
  const before = world.sandbox.count("callback");
  const deps = world.newDeps({ callbackHealth, callbacks: { ...settings, timeoutMs: 1000 } });
  const calls = waiting.map(({ payload, job }) => sendCallback(payload, deps, never, job));
  await world.sandbox.waitFor(before + waiting.length, { channel: "callback" });

  const [busy] = await world.sql`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`;
  await Promise.all(calls);

  expect(busy?.count).toBe(0);
});
