import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { raiseAlert } from "../../../shared/alert/alert.ts";
import { suspendCallback } from "../../../shared/callback/health.ts";
import { startPrintRun } from "../../../shared/letter/print-run.ts";
import { readFailingCallbacks } from "../../../shared/overview/callbacks.ts";
import { countMinutes } from "../../../shared/overview/count-traffic.ts";
import { readOverview } from "../../../shared/overview/overview.ts";
import { countPrintableLetters, readPrintRun } from "../../../shared/overview/print-run.ts";
import { readProviderShare } from "../../../shared/overview/providers.ts";
import { readQueues } from "../../../shared/overview/queues.ts";
import { storeSlowness } from "../../../shared/provider/slowness-queries.ts";
import { storeLetters } from "../../support/letters.ts";
import { countedUntil, emptyTraffic, storeHappened } from "../../support/traffic.ts";
import { openWorld, type World, type WorldService } from "../../support/world.ts";

let world: World;
let other: WorldService;

beforeAll(async () => {
  world = await openWorld({ worker: false });
  other = await world.addService("Library");
});

beforeEach(async () => {
  await emptyTraffic(world.sql);
  await world.sql`truncate letters, print_runs, printable_letters, printable_letters_counted, alerts cascade`;
  await world.sql`delete from pgboss.job`;
  await world.sql`delete from callback_breakers`;
  await world.sql`update service_callback_api set suspended_at = null, suspended_reason = null`;
});

afterAll(() => world[Symbol.asyncDispose]());

const on = (time: string) => new Date(`2026-03-10T${time}Z`);
const at = on("12:05:30");

describe("queues", () => {
  test("say what waits, is due and is dead; the fullest come first", async () => {
    const job = (name: string, seconds: number, sourceName: string | null = null) => world.sql`
      insert into pgboss.job (name, data, start_after, source_name)
      values (${name}, '{}', pgboss.job_now() - ${seconds} * interval '1s', ${sourceName})`;
    await job("deliver-email", 10);
    await job("deliver-sms", 100);
    await job("deliver-sms", 10);
    await job("deliver-sms", -1000);
    await job("dead-letters", 1, "deliver-email");

    const queues = await readQueues(world.sql);

    expect(queues[0]).toMatchObject({ queue: "deliver-sms", waiting: 3, due: 2, dead: 0 });
    expect(queues[0]?.oldestDueSeconds).toBeGreaterThanOrEqual(100);
    expect(queues.find(({ queue }) => queue === "deliver-email")).toMatchObject({
      waiting: 1,
      due: 1,
      dead: 1,
    });
    expect(queues.find(({ queue }) => queue === "maintenance")).toMatchObject({
      waiting: 0,
      oldestDueSeconds: 0,
    });
  });
});

describe("providers", () => {
  test("say what share of their channel they took in the last quarter of an hour", async () => {
    const sent = (sentBy: string, time: string, over: object = {}) =>
      ({ serviceId: world.service.id, createdAt: on(time), sentAt: on(time), sentBy, ...over }) as const;
    await storeHappened(world.sql, [
      sent("mmg", "11:49:59"),
      ...[1, 2, 3].map(() => sent("mmg", "12:04:00")),
      sent("firetext", "11:50:00", { status: "permanent-failure" }),
      sent("firetext", "12:04:00", { keyType: "test" }),
      sent("ses", "12:04:00", { channel: "email" }),
    ]);
    await countedUntil(world.sql, on("11:45:00"));
    while (!(await countMinutes(world.sql, at)).isDone);

    const providers = new Map((await readProviderShare(world.sql, at)).map((one) => [one.name, one]));

    expect(providers.get("mmg")).toMatchObject({
      channel: "sms",
      sent: 3,
      failed: 0,
      share: 0.75,
      active: true,
    });
    expect(providers.get("firetext")).toMatchObject({ sent: 1, failed: 1, share: 0.25 });
    expect(providers.get("ses")).toMatchObject({ sent: 1, share: 1, slowShare: null, failedCalls: 0 });
    expect(providers.get("smtp")).toMatchObject({ sent: 0, share: 0 });
    expect(providers.get("dvla")).toMatchObject({ sent: 0, share: null });
  });

  test("say how many of their texts were slow and their calls failed, as far as that is fresh", async () => {
    await storeSlowness(world.sql, [{ name: "mmg", minutes: 5, slow: 1, total: 4 }]);
    await world.sql`
      insert into provider_failures (identifier, slot, second, failures)
      values ('mmg', 1, now() - interval '30 seconds', 2), ('mmg', 2, now() - interval '40 seconds', 3),
        ('mmg', 3, now() - interval '1 hour', 100)`;
    const [clock] = await world.sql<{ at: Date }[]>`select now() as at`;
    const now = clock?.at ?? at;

    const [fresh] = (await readProviderShare(world.sql, now)).filter(({ name }) => name === "mmg");
    const later = new Date(now.getTime() + 10 * 60_000);
    const [stale] = (await readProviderShare(world.sql, later)).filter(({ name }) => name === "mmg");

    expect(fresh).toMatchObject({ slowShare: 0.25, failedCalls: 5 });
    expect(stale).toMatchObject({ slowShare: null, failedCalls: 0 });
  });
});

describe("failing callbacks", () => {
  const callbackOf = async (serviceId: string) => {
    const [row] = await world.sql<{ id: string; url: string }[]>`
      select id, url from service_callback_api where service_id = ${serviceId}`;
    if (!row) throw new Error("The service has no callback");
    return row;
  };

  test("are those that are spared or suspended, the longest first, of one service or of all", async () => {
    const mine = await callbackOf(world.service.id);
    const theirs = await callbackOf(other.id);
    await world.sql`
      insert into callback_breakers (callback_id, opened_at, probe_at) values (${mine.id}, ${on("11:00:00")}, ${at})`;
    await suspendCallback(world.sql, theirs.id, {
      url: theirs.url,
      at: on("10:00:00"),
      reason: "It answered 410",
    });

    const ofAll = await readFailingCallbacks(world.sql, { serviceId: null, limit: 10 });
    const ofMine = await readFailingCallbacks(world.sql, { serviceId: world.service.id, limit: 10 });

    expect(ofAll).toEqual([
      {
        callbackId: theirs.id,
        serviceId: other.id,
        serviceName: "Library",
        type: "delivery_status",
        state: "suspended",
        since: on("10:00:00"),
        reason: "It answered 410",
      },
      {
        callbackId: mine.id,
        serviceId: world.service.id,
        serviceName: "Town Hall",
        type: "delivery_status",
        state: "spared",
        since: on("11:00:00"),
        reason: null,
      },
    ]);
    expect(ofMine).toEqual(ofAll.slice(1));
  });
});

describe("today's printing", () => {
  const startRun = () =>
    startPrintRun(world.sql, {
      id: crypto.randomUUID(),
      printDate: "2026-03-10",
      deadline: on("17:30:00"),
      kind: "scheduled",
      reason: null,
      at: on("17:50:00"),
    });
  const store = (...facts: Parameters<typeof storeLetters>[1][number][]) =>
    storeLetters(
      { sql: world.sql, cipher: world.cipher, storage: world.deps.storage, service: world.service },
      facts.map((fact) => ({ pdf: null, ...fact })),
    );

  test("says what the evening's run will print, of all services and of one", async () => {
    await store(
      { createdAt: on("09:00:00"), sheets: 2 },
      { createdAt: on("10:00:00"), serviceId: other.id, postage: "first" },
      { createdAt: on("10:00:00"), keyType: "test" },
      { createdAt: on("17:30:00") },
    );

    const counted = await countPrintableLetters(world.sql, at);
    const ofAll = await readPrintRun(world.sql, { serviceId: null, at });
    const ofOne = await readPrintRun(world.sql, { serviceId: other.id, at });

    expect(counted).toBe(2);
    expect(ofAll).toEqual({
      printDate: "2026-03-10",
      deadline: on("17:30:00"),
      runAt: on("17:50:00"),
      runs: [],
      waiting: { printDate: "2026-03-10", letters: 2, sheets: 3, oldestAt: on("09:00:00"), countedAt: at },
    });
    expect(ofOne.waiting).toMatchObject({ letters: 1, sheets: 1, oldestAt: on("10:00:00") });
  });

  test("shows the run once it began, and counts for tomorrow's", async () => {
    await store({ createdAt: on("09:00:00") }, { createdAt: on("18:00:00") });
    await countPrintableLetters(world.sql, at);
    await startRun();
    await countPrintableLetters(world.sql, on("18:10:00"));

    const ofAll = await readPrintRun(world.sql, { serviceId: null, at: on("18:10:00") });
    const ofOne = await readPrintRun(world.sql, { serviceId: world.service.id, at: on("18:10:00") });

    expect(ofAll.runs).toMatchObject([{ printDate: "2026-03-10", status: "planning", letters: 0 }]);
    expect(ofAll.waiting).toMatchObject({ printDate: "2026-03-11", letters: 2 });
    expect(ofOne.runs).toEqual([]);
  });

  test("is not known before somebody counted", async () => {
    expect((await readPrintRun(world.sql, { serviceId: null, at })).waiting).toBeNull();
  });
});

describe("the overview", () => {
  test("shows a service nothing of the platform", async () => {
    await raiseAlert(world.sql, { subject: "late", severity: "page", title: "Late", facts: {}, at });

    const ofAll = await readOverview(world.sql, { serviceId: null, range: "6h", at });
    const ofOne = await readOverview(world.sql, { serviceId: world.service.id, range: "6h", at });

    expect(ofAll.platform?.alerts).toMatchObject([{ subject: "late", openedAt: at }]);
    expect(ofAll.platform?.queues.length).toBeGreaterThan(10);
    expect(ofAll.platform?.schedules).toEqual([]);
    const { traffic, deliveryTimes } = ofAll;
    expect([ofAll.range, traffic.times.length, deliveryTimes.times.length]).toEqual(["6h", 360, 72]);
    expect(ofOne.platform).toBeNull();
  });
});
