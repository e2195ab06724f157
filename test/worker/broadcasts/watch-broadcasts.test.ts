import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { endBroadcasts } from "../../../worker/tasks/broadcasts/end-broadcasts.ts";
import { watchBroadcasts } from "../../../worker/tasks/broadcasts/watch-broadcasts.ts";
import { type OnAir, openOnAir } from "./on-air.ts";

let onAir: OnAir;

beforeAll(async () => {
  onAir = await openOnAir();
});

afterAll(() => onAir[Symbol.asyncDispose]());

beforeEach(async () => {
  const { sql, sandbox } = onAir.world;
  sandbox.clearFaults();
  await sql`delete from alerts`;
  await sql`delete from pgboss.job`;
  await sql`delete from broadcast_provider_messages`;
});

const networks = ["ee", "three", "o2", "vodafone"] as const;
const later = (seconds: number) => () => new Date(Date.now() + seconds * 1000);
const watch = (now: () => Date) => watchBroadcasts({ ...onAir.world.deps, now });

/** An alert that everybody but ee has, and its cancel, which waits there. */
async function blockedAtEe() {
  const alert = await onAir.approve();
  const faults = [1, 2] as const;
  for (const site of faults)
    onAir.world.sandbox.setFault({ provider: `ee-${site}-proxy`, status: 503, count: 1 });
  for (const provider of networks) await onAir.send({ eventId: alert.eventId, provider }).catch(() => {});
  const cancel = await onAir.cancel(alert.id);
  return { alert: alert.eventId, cancel };
}

describe("an event that waits for the one before", () => {
  test("pages after a minute: which network, why, and how to have it sent", async () => {
    const { alert, cancel } = await blockedAtEe();

    expect(await watch(later(50))).toBe("0 newly blocked, 0 expired, 0 without a job");
    expect(await onAir.alerts(cancel)).toEqual([]);
    expect(await watch(later(70))).toBe("1 newly blocked, 0 expired, 0 without a job");

    const [page, ...more] = await onAir.alerts(cancel);
    expect(more).toEqual([]);
    expect(page).toMatchObject({
      subject: `broadcast-blocked:${cancel}:ee`,
      severity: "page",
      facts: {
        eventId: cancel,
        provider: "ee",
        replay: `bun run cli broadcast replay ${cancel} ee --reason "…"`,
        reason: `It waits for event ${alert} (type alert), which is in status "sending" after 1 attempts: ee-1-proxy: answered 503, SandboxError; ee-2-proxy: answered 503, SandboxError`,
      },
    });
  });

  test("pages once, until it is sent: then that is closed", async () => {
    const { alert, cancel } = await blockedAtEe();
    await watch(later(70));

    expect(await watch(later(100))).toBe("0 newly blocked, 0 expired, 0 without a job");
    await onAir.send({ eventId: alert, provider: "ee" });
    await onAir.send({ eventId: cancel, provider: "ee" });

    expect(await onAir.alerts(cancel)).toMatchObject([{ resolvedAt: expect.any(Date) }]);
  });

  test("is given up when the alert is over, and pages again", async () => {
    const { cancel } = await blockedAtEe();
    const tomorrow = later(86_400);

    await onAir.world
      .sql`delete from pgboss.job where data->>'eventId' = ${cancel} and data->>'provider' <> 'ee'`;
    expect(await watch(tomorrow)).toStartWith("0 newly blocked, 4 expired");

    expect(await onAir.messageOf(cancel, "ee")).toMatchObject({ status: "technical-failure" });
    expect((await onAir.alerts(cancel)).map(({ subject, severity }) => [subject, severity])).toContainEqual([
      `broadcast-expired:${cancel}:ee`,
      "page",
    ]);
  });
});

describe("a message", () => {
  test("that has no job though it could be sent gets one", async () => {
    const { eventId } = await onAir.approve();
    await onAir.world.sql`delete from pgboss.job where data->>'provider' = 'o2'`;

    expect(await watch(later(50))).toEndWith("0 without a job");
    expect(await watch(later(70))).toEndWith("1 without a job");

    expect(await onAir.jobs(eventId)).toEqual([...networks].sort());
    expect(await onAir.alerts(eventId)).toMatchObject([{ subject: `broadcast-lost:${eventId}:o2` }]);
  });

  test("that a person must see to gets none", async () => {
    const { eventId } = await onAir.approve();
    const { sql } = onAir.world;
    await sql`update services set active = false where id = ${onAir.place.serviceId}`;
    for (const provider of networks) await onAir.send({ eventId, provider });
    await sql`delete from pgboss.job where name = 'send-broadcast-message'`;
    await sql`update services set active = true where id = ${onAir.place.serviceId}`;

    expect(await watch(later(70))).toBe("0 newly blocked, 0 expired, 0 without a job");
  });

  test("that is tried again and again is left to its job, also when the alert is over", async () => {
    await onAir.approve();

    expect(await watch(later(70))).toBe("0 newly blocked, 0 expired, 0 without a job");
    expect(await watch(later(86_400))).toBe("0 newly blocked, 0 expired, 0 without a job");
  });
});

test("nothing is looked at where nothing is sent", async () => {
  await blockedAtEe();
  const { broadcasts } = onAir.world.deps;
  const cbc = { ...broadcasts.config.cbc, enabled: false };

  const detail = await watchBroadcasts({
    broadcasts: { ...broadcasts, config: { ...broadcasts.config, cbc } },
    now: later(70),
  });

  expect(detail).toBe("CBC Proxy disabled");
  expect(await onAir.world.sql`select from alerts where subject like 'broadcast-blocked%'`).toHaveLength(0);
});

describe("alerts that are over", () => {
  test("are completed, and the public's list is made anew, once", async () => {
    const { sql } = onAir.world;
    await sql`update broadcast_messages set status = 'completed' where status = 'broadcasting'`;
    const over = await onAir.approve({ finishesAt: new Date(Date.now() + 1_000) });
    const still = await onAir.approve();
    await sql`delete from pgboss.job where name = 'publish-govuk-alerts'`;

    expect(await endBroadcasts({ ...onAir.world.deps, now: later(2) })).toBe("Completed 1 alerts");
    expect(await endBroadcasts({ ...onAir.world.deps, now: later(2) })).toBe("Completed 0 alerts");

    const rows = await sql<{ id: string; status: string }[]>`
      select id, status from broadcast_messages where id in (${over.id}, ${still.id})`;
    expect(new Map(rows.map(({ id, status }) => [id, status]))).toEqual(
      new Map([
        [over.id, "completed"],
        [still.id, "broadcasting"],
      ]),
    );
    expect(await sql`select from pgboss.job where name = 'publish-govuk-alerts'`).toHaveLength(1);
  });
});
