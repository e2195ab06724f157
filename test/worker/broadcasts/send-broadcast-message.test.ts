import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { sendingJob } from "../../../shared/broadcast/fan-out.ts";
import { enqueue } from "../../../shared/queue/enqueue.ts";
import { RetryIn } from "../../../worker/consume.ts";
import { townSquare } from "../../support/broadcasts.ts";
import { until } from "../../support/until.ts";
import { type OnAir, openOnAir } from "./on-air.ts";

let onAir: OnAir;

beforeAll(async () => {
  onAir = await openOnAir();
});

afterAll(() => onAir[Symbol.asyncDispose]());

beforeEach(async () => {
  const { world, place } = onAir;
  world.sandbox.clearFaults();
  world.sandbox.cbc.clear();
  await world.sql`update services set active = true, restricted = false where id = ${place.serviceId}`;
});

const yesterday = () => new Date(Date.now() - 86_400_000);
const tomorrow = () => new Date(Date.now() + 86_400_000);

function calls(network?: "ee" | "three" | "o2" | "vodafone") {
  return onAir.world.sandbox.cbc.list(network);
}

/** What an attempt throws, which asks for another. */
async function retryOf(attempt: Promise<void>): Promise<RetryIn> {
  const fault = await attempt.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(fault instanceof RetryIn)) throw new Error(`It did not ask for another attempt: ${fault}`);
  return fault;
}

describe("the steps of a message to one network", () => {
  test("1: where the CBC proxy is disabled nothing is sent, stored or told, and the job ends well", async () => {
    const { eventId } = await onAir.approve();
    const { config } = onAir.world;
    const off = { ...config.broadcasts, cbc: { ...config.broadcasts.cbc, enabled: false } };
    const { broadcasts } = onAir.world.deps;

    await onAir.send({ eventId, provider: "ee" }, { broadcasts: { ...broadcasts, config: off } });

    expect(calls()).toEqual([]);
    // Or it would be sent as soon as the proxy is enabled.
    const [stored] = await onAir.world.sql`
      select count(*)::int as count from broadcast_provider_messages
      where broadcast_event_id = ${eventId} and provider = 'ee'`;
    expect(stored?.count).toBe(0);
    expect(await onAir.alerts(eventId)).toEqual([]);
    expect(onAir.world.lines.map(({ message }) => message)).toContain(
      `CBC Proxy disabled, not sending broadcast_provider_message for broadcast_event_id ${eventId} with provider ee`,
    );
  });

  test.each([
    ["2: a suspended service's is not sent", { active: false }, "the service is suspended"],
    ["3: a service's that is not live is not sent", { restricted: true }, "the service is not live"],
  ])("%s: a person is paged, and it is not tried again", async (_, change, reason) => {
    const { world, place } = onAir;
    const { eventId } = await onAir.approve();
    await world.sql`update services set ${world.sql(change)} where id = ${place.serviceId}`;

    await onAir.send({ eventId, provider: "ee" });

    expect(calls()).toEqual([]);
    const whole = `Cannot send broadcast_event ${eventId} to provider ee: ${reason}`;
    expect(await onAir.messageOf(eventId, "ee")).toMatchObject({ status: "sending", lastError: whole });
    expect(await onAir.alerts(eventId)).toMatchObject([
      {
        subject: `broadcast-fatal:${eventId}:ee`,
        severity: "page",
        facts: {
          eventId,
          provider: "ee",
          reason: whole,
          replay: `bun run cli broadcast replay ${eventId} ee --reason "…"`,
        },
      },
    ]);
  });

  test("4: a stubbed alert is not sent, and a person is paged", async () => {
    const { id, eventId } = await onAir.approve();
    await onAir.world.sql`update broadcast_messages set stubbed = true where id = ${id}`;

    await onAir.send({ eventId, provider: "ee" });

    expect(calls()).toEqual([]);
    const reason = `Cannot send broadcast_event ${eventId} to provider ee: the broadcast message is stubbed`;
    expect(await onAir.alerts(eventId)).toMatchObject([{ severity: "page", facts: { reason } }]);
  });

  test("5: what the network has is not sent again, and the job ends well with a warning", async () => {
    const { eventId } = await onAir.approve();
    await onAir.send({ eventId, provider: "ee" });

    await onAir.send({ eventId, provider: "ee" });

    expect(calls("ee")).toHaveLength(1);
    expect(onAir.world.lines).toContainEqual(
      expect.objectContaining({ level: "warn", message: "The network has it already" }),
    );
    expect(await onAir.alerts(eventId)).toEqual([]);
  });

  test.each(["returned-error", "technical-failure"])(
    "5: what was given up as %s is not sent, and a person is paged",
    async (status) => {
      const { eventId } = await onAir.approve();
      await onAir.world.sql`
        update broadcast_provider_messages set status = ${status} where broadcast_event_id = ${eventId}`;

      await onAir.send({ eventId, provider: "o2" });

      expect(calls()).toEqual([]);
      const reason = `Cannot send broadcast_event ${eventId} to provider o2: It is in status ${status}`;
      expect(await onAir.alerts(eventId)).toMatchObject([{ severity: "page", facts: { reason } }]);
    },
  );

  test("6: an alert that is over is not sent: its message is given up, and a person is paged", async () => {
    const { eventId } = await onAir.approve();

    await onAir.send({ eventId, provider: "ee" }, { now: tomorrow });

    expect(calls()).toEqual([]);
    expect(await onAir.messageOf(eventId, "ee")).toMatchObject({ status: "technical-failure" });
    expect(await onAir.alerts(eventId)).toMatchObject([
      { subject: `broadcast-expired:${eventId}:ee`, severity: "page" },
    ]);
  });

  test("6: the other site is not told once the alert is over, and then it is given up", async () => {
    const { eventId } = await onAir.approve();
    onAir.world.sandbox.setFault({ provider: "ee-1-proxy", status: 503 });
    const times = [new Date(), new Date(), tomorrow()];

    await retryOf(onAir.send({ eventId, provider: "ee" }, { now: () => times.shift() ?? tomorrow() }));
    await onAir.send({ eventId, provider: "ee" }, { now: tomorrow });

    expect(calls("ee").map((call) => call.function)).toEqual(["ee-1-proxy"]);
    expect(await onAir.messageOf(eventId, "ee")).toMatchObject({ status: "technical-failure" });
  });

  test("7: nothing is sent to a network that was not told of the event before", async () => {
    const { world } = onAir;
    const alert = await onAir.approve();
    const cancel = await onAir.cancel(alert.id);
    await world.sql`
      delete from broadcast_provider_messages where broadcast_event_id = ${alert.eventId} and provider = 'ee'`;

    await onAir.send({ eventId: cancel, provider: "ee" });

    expect(calls()).toEqual([]);
    const [page] = await onAir.alerts(cancel);
    expect(page).toMatchObject({ severity: "page" });
    expect(page?.facts.reason).toStartWith(
      `Cannot send ${cancel}. Previous event ${alert.eventId} (type alert) has no provider_message for provider ee yet.\n`,
    );
  });

  test("8: nothing is sent before the network has acknowledged the event before, and then it is", async () => {
    const alert = await onAir.approve();
    const cancel = await onAir.cancel(alert.id);

    await onAir.send({ eventId: cancel, provider: "ee" });

    expect(calls()).toEqual([]);
    const [page] = await onAir.alerts(cancel);
    expect(page?.facts.reason).toStartWith(
      `Cannot send ${cancel}. Previous event ${alert.eventId} (type alert) has not finished sending to provider ee yet.\nIt is currently in status "sending".\n`,
    );
    expect(await onAir.messageOf(cancel, "ee")).toMatchObject({ status: "sending", queuedAt: null });
    expect(await onAir.jobs(cancel)).toEqual([]);
    await onAir.send({ eventId: alert.eventId, provider: "ee" });
    expect(await onAir.jobs(cancel)).toEqual(["ee"]);
  });

  test("9: the stored message is used again, with its identifier and number", async () => {
    const { eventId } = await onAir.approve();
    const stored = await onAir.messageOf(eventId, "vodafone");
    for (const site of [1, 2] as const)
      onAir.world.sandbox.setFault({
        provider: `vodafone-${site}-proxy`,
        accept_without_answer: true,
        count: 1,
      });

    await retryOf(onAir.send({ eventId, provider: "vodafone" }));
    await onAir.send({ eventId, provider: "vodafone" });

    const number = stored.number?.toString(16).padStart(8, "0") ?? "";
    expect(calls("vodafone").map(({ payload }) => payload)).toMatchObject(
      Array.from({ length: 3 }, () => ({ identifier: stored.id, message_number: number })),
    );
    expect(await onAir.messageOf(eventId, "vodafone")).toMatchObject({
      ...stored,
      status: "returned-ack",
      attempts: 2,
      acknowledgedBy: "vodafone-1-proxy",
    });
  });

  test.each(["ee", "vodafone"] as const)("9: a message that is missing is made, for %s", async (provider) => {
    const { eventId } = await onAir.approve();
    await onAir.world.sql`
      delete from broadcast_provider_messages where broadcast_event_id = ${eventId} and provider = ${provider}`;

    await onAir.send({ eventId, provider });

    const made = await onAir.messageOf(eventId, provider);
    expect(made).toMatchObject({ status: "returned-ack", attempts: 1 });
    expect(made.number === null).toBe(provider !== "vodafone");
    expect(calls(provider)[0]?.payload.identifier).toBe(made.id);
  });

  test("10: the attempt is logged before the call", async () => {
    const { eventId } = await onAir.approve();
    const { id } = await onAir.messageOf(eventId, "three");

    await onAir.send({ eventId, provider: "three" });

    expect(onAir.world.lines.map(({ message }) => message)).toContain(
      `Invoking cbc proxy to send broadcast_provider_message with ID of ${id} and broadcast_event ID of ${eventId} msgType alert`,
    );
  });

  test("11: the network gets the event as it was approved, and a cancel refers to it", async () => {
    const startsAt = new Date();
    const finishesAt = new Date(startsAt.getTime() + 3_600_000);
    const alert = await onAir.approve({ content: "Gadewch nawr: llifogydd ŵ", startsAt, finishesAt });
    await onAir.send({ eventId: alert.eventId, provider: "three" });
    const cancel = await onAir.cancel(alert.id);

    await onAir.send({ eventId: cancel, provider: "three" });

    const [first, second] = calls("three");
    const seconds = (at: Date) => `${at.toISOString().slice(0, 19)}-00:00`;
    expect(first?.payload).toEqual({
      message_type: "alert",
      message_format: "cap",
      identifier: (await onAir.messageOf(alert.eventId, "three")).id,
      headline: "GOV.UK Notify Broadcast",
      description: "Gadewch nawr: llifogydd ŵ",
      areas: [{ polygon: townSquare }],
      sent: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-00:00$/),
      expires: seconds(finishesAt),
      language: "cy-GB",
      channel: "severe",
    });
    expect(second).toMatchObject({ faults: [], accepted: true, payload: { message_type: "cancel" } });
    expect(second?.payload).toMatchObject({
      references: [
        { message_id: first?.payload.identifier, sent: Reflect.get(first?.payload ?? {}, "sent") },
      ],
    });
  });

  test("12: what the network acknowledged is stored, with who took it", async () => {
    const { eventId } = await onAir.approve();

    await onAir.send({ eventId, provider: "ee" });

    expect(await onAir.messageOf(eventId, "ee")).toMatchObject({
      status: "returned-ack",
      attempts: 1,
      acknowledgedBy: "ee-1-proxy",
      lastError: null,
      isClaimed: false,
    });
  });

  test("12: the acknowledgement queues the event that waited for it, for this network alone", async () => {
    const alert = await onAir.approve();
    const cancel = await onAir.cancel(alert.id);
    expect(await onAir.jobs(cancel)).toEqual([]);

    await onAir.send({ eventId: alert.eventId, provider: "o2" });

    expect(await onAir.jobs(cancel)).toEqual(["o2"]);
  });
});

describe("an attempt that fails", () => {
  test("is tried again after 1, 2, 4 … seconds, at most 240, with a ticket first and a page from the third on", async () => {
    const { world } = onAir;
    const { eventId } = await onAir.approve();
    world.sandbox.setFault({ provider: "ee-1-proxy", status: 500 });
    world.sandbox.setFault({ provider: "ee-2-proxy", headers: { "x-amz-function-error": "Unhandled" } });
    const delays: number[] = [];
    const told: number[] = [];

    for (let n = 0; n < 11; n++) {
      const { seconds } = await retryOf(onAir.send({ eventId, provider: "ee" }));
      delays.push(seconds);
      told.push((await onAir.alerts(eventId)).length);
    }

    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240]);
    expect(told).toEqual([1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
    expect(await onAir.alerts(eventId)).toMatchObject([
      { subject: `broadcast-retrying:${eventId}:ee`, severity: "ticket" },
      { subject: `broadcast-failing:${eventId}:ee`, severity: "page" },
    ]);
    expect(await onAir.messageOf(eventId, "ee")).toMatchObject({
      status: "sending",
      attempts: 11,
      lastError:
        "ee-1-proxy: answered 500, SandboxError; ee-2-proxy: answered 200, function error, SandboxError",
      isClaimed: false,
    });
  });

  test("closes what people were told once the network has it", async () => {
    const { eventId } = await onAir.approve();
    for (const provider of ["ee-1-proxy", "ee-2-proxy"] as const)
      onAir.world.sandbox.setFault({ provider, reset: true, count: 3 });
    for (let n = 0; n < 3; n++) await retryOf(onAir.send({ eventId, provider: "ee" }));

    await onAir.send({ eventId, provider: "ee" });

    const alerts = await onAir.alerts(eventId);
    expect(alerts.map(({ resolvedAt }) => resolvedAt)).toEqual([expect.any(Date), expect.any(Date)]);
  });

  test("that a network refuses for good is not tried again, nor at the other site, and pages", async () => {
    const { eventId } = await onAir.approve();
    const body = JSON.stringify({ errorMessage: "No", errorType: "CBCValidationError" });
    onAir.world.sandbox.setFault({ provider: "ee-1-proxy", status: 422, body });

    await onAir.send({ eventId, provider: "ee" });

    expect(calls("ee").map((call) => call.function)).toEqual(["ee-1-proxy"]);
    expect(await onAir.messageOf(eventId, "ee")).toMatchObject({ status: "returned-error" });
    expect(await onAir.alerts(eventId)).toMatchObject([
      { subject: `broadcast-fatal:${eventId}:ee`, severity: "page" },
    ]);
  });

  test("that cannot be told to people is tried again all the same", async () => {
    const { world } = onAir;
    const { eventId } = await onAir.approve();
    for (const provider of ["ee-1-proxy", "ee-2-proxy"] as const)
      world.sandbox.setFault({ provider, status: 503, count: 1 });
    await world.sql`alter table alerts rename to alerts_away`;

    try {
      expect((await retryOf(onAir.send({ eventId, provider: "ee" }))).seconds).toBe(1);
      await onAir.send({ eventId, provider: "ee" });
    } finally {
      await world.sql`alter table alerts_away rename to alerts`;
    }

    expect(await onAir.messageOf(eventId, "ee")).toMatchObject({ status: "returned-ack" });
  });
});

describe("a site", () => {
  test.each([
    ["answers with an error", { status: 500 }],
    ["answers that its function failed", { headers: { "x-amz-function-error": "Handled" } }],
    ["drops the connection", { reset: true }],
    ["never answers", { hang: true }],
    ["takes the message and loses its answer", { accept_without_answer: true }],
  ])("that %s is followed by the other, once, with the same document", async (_, effect) => {
    const { eventId } = await onAir.approve();
    onAir.world.sandbox.setFault({ provider: "o2-1-proxy", ...effect });

    await onAir.send({ eventId, provider: "o2" });

    const [first, second, ...more] = calls("o2");
    expect([first?.function, second?.function]).toEqual(["o2-1-proxy", "o2-2-proxy"]);
    expect(second?.payload).toEqual(first?.payload);
    expect(more).toEqual([]);
    expect(await onAir.messageOf(eventId, "o2")).toMatchObject({
      status: "returned-ack",
      acknowledgedBy: "o2-2-proxy",
    });
  });

  test.each([
    ["failed its last link test comes second", [[1, 10, false]], ["ee-2-proxy"]],
    [
      "failed once and then passed comes first",
      [
        [1, 20, false],
        [1, 10, true],
      ],
      ["ee-1-proxy"],
    ],
    [
      "failed as the other did comes first",
      [
        [1, 10, false],
        [2, 10, false],
      ],
      ["ee-1-proxy"],
    ],
    ["failed hours ago comes first", [[1, 300, false]], ["ee-1-proxy"]],
  ] as const)("that %s", async (_, tests, order) => {
    const { sql } = onAir.world;
    await sql`delete from broadcast_link_tests`;
    for (const [site, minutesAgo, succeeded] of tests) {
      await sql`
        insert into broadcast_link_tests (id, provider, function, tested_at, succeeded, duration_ms)
        values (gen_random_uuid(), 'ee', ${`ee-${site}-proxy`}, now() - ${minutesAgo} * interval '1 minute', ${succeeded}, 1)`;
    }
    const { eventId } = await onAir.approve();

    await onAir.send({ eventId, provider: "ee" });

    expect(calls("ee").map((call) => call.function)).toEqual([...order]);
    await sql`delete from broadcast_link_tests`;
  });
});

describe("two jobs of one event and network", () => {
  test("make one call: the second waits, and then finds that the network has it", async () => {
    const { world } = onAir;
    const { eventId } = await onAir.approve();
    world.sandbox.setFault({ provider: "ee-1-proxy", delay_ms: 200 });
    const first = onAir.send({ eventId, provider: "ee" });
    await until(async () => (await onAir.messageOf(eventId, "ee")).isClaimed, "the first has it");

    const { seconds } = await retryOf(onAir.send({ eventId, provider: "ee" }));
    await first;
    await onAir.send({ eventId, provider: "ee" });

    expect(seconds).toBe(1);
    expect(calls("ee")).toHaveLength(1);
  });

  test("do not both go on to the other site when the claim has passed to the second", async () => {
    const { world } = onAir;
    const { eventId } = await onAir.approve();
    world.sandbox.setFault({ provider: "ee-1-proxy", delay_ms: 300, status: 503, count: 1 });
    const first = onAir.send({ eventId, provider: "ee" });
    await until(async () => (await onAir.messageOf(eventId, "ee")).isClaimed, "the first has it");
    await world.sql`
      update broadcast_provider_messages set claimed_until = now() - interval '1s' where broadcast_event_id = ${eventId}`;

    await onAir.send({ eventId, provider: "ee" });

    expect((await retryOf(first)).message).toContain("taken this message over");
    expect(calls("ee").filter(({ accepted }) => accepted)).toHaveLength(1);
    expect(calls("ee").map((call) => call.function)).not.toContain("ee-2-proxy");
  });

  test("are not both queued: there is one until it has ended", async () => {
    const { world } = onAir;
    const { eventId } = await onAir.approve();

    await enqueue(world.sql, [sendingJob(eventId, "ee"), sendingJob(eventId, "ee")]);

    expect(await onAir.jobs(eventId)).toEqual(["ee", "o2", "three", "vodafone"]);
  });
});

test("a job of an event that does not exist ends, and says so", async () => {
  await onAir.send({ eventId: crypto.randomUUID(), provider: "ee" }, { now: yesterday });

  expect(onAir.world.lines).toContainEqual(
    expect.objectContaining({ level: "error", message: "There is no such broadcast event" }),
  );
});
