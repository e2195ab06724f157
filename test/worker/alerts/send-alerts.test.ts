import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import { claimAlert } from "../../../shared/alert/telling.ts";
import { RetryIn } from "../../../worker/consume.ts";
import { maintain } from "../../../worker/tasks/maintain.ts";
import { sendAlerts } from "../../../worker/tasks/send-alerts.ts";
import { writtenLine } from "../../support/log-secrets.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;

beforeEach(async () => {
  world = await openWorld({
    worker: false,
    env: {
      ZENDESK_EMAIL: "robot@town-hall.example",
      ZENDESK_TOKEN: "zendesk-secret-token",
      NOTIFY_ENVIRONMENT: "preview",
      ALERT_TIMEOUT_MS: "2000",
    },
  });
});

afterEach(() => world[Symbol.asyncDispose]());

const stuck = {
  subject: "letters-still-sending",
  severity: "ticket",
  title: "Letters still sending",
  facts: { count: 3, since: "Friday 12 January", references: ["A<1>", "B&2"], none: null },
  at: new Date("2026-11-21T09:00:00Z"),
} as const;

const raise = (over: Partial<Parameters<typeof raiseAlert>[1]> = {}) =>
  raiseAlert(world.sql, { ...stuck, ...over });

/** Works the jobs that wait, each once, as a worker would; answers with their faults. */
async function work(deps = world.deps): Promise<string[]> {
  const jobs = await world.sql<{ id: string; alertId: string }[]>`
    update pgboss.job set state = 'active' where name = 'send-alerts' and state = 'created'
    returning id, data->>'alertId' as "alertId"`;
  const faults: string[] = [];
  for (const { id, alertId } of jobs) {
    try {
      await sendAlerts({ alertId }, deps, never);
      await world.sql`update pgboss.job set state = 'completed' where id = ${id}`;
    } catch (error) {
      faults.push(error instanceof Error ? error.message : "");
      await world.sql`update pgboss.job set state = 'created' where id = ${id}`;
    }
  }
  return faults;
}

const sinks = () => world.sandbox.alerts().map(({ sink }) => sink);
const alertLines = () => world.lines.filter(({ level, facts }) => level === "error" && "alertId" in facts);

describe("an alert that was opened", () => {
  test("is logged with its facts, posted, and made a ticket", async () => {
    await raise();

    expect(await work()).toEqual([]);

    const [ticket, post] = world.sandbox.alerts();
    expect(alertLines()).toMatchObject([
      { message: "Letters still sending", facts: { subject: stuck.subject, facts: stuck.facts } },
    ]);
    expect(post?.text).toBe(
      [
        ":warning: *[preview] Letters still sending*",
        "count: 3",
        "since: Friday 12 January",
        "references: A&lt;1&gt;, B&amp;2",
        "none: -",
        "subject: letters-still-sending",
        "since: 2026-11-21T09:00:00.000Z",
      ].join("\n"),
    );
    expect(ticket?.body).toMatchObject({
      ticket: {
        subject: "[preview] Letters still sending",
        comment: { body: expect.stringContaining("references: A<1>, B&2\n"), public: false },
        type: "task",
        priority: "normal",
      },
    });
    expect(ticket?.headers.authorization).toBe(
      `Basic ${btoa("robot@town-hall.example/token:zendesk-secret-token")}`,
    );
  });

  test("is an urgent incident where somebody is to be woken", async () => {
    await raise({ severity: "page" });

    await work();

    const [ticket, post] = world.sandbox.alerts();
    expect(ticket?.body).toMatchObject({ ticket: { type: "incident", priority: "urgent" } });
    expect(post?.text).toStartWith(":rotating_light:");
  });

  test("is told of once, however often it is found while it is open, and anew once it was resolved", async () => {
    expect(await raise()).toBe(true);
    await work();
    expect(await raise({ facts: { count: 4 } })).toBe(false);
    await work();
    const [open] = await world.sql`select times, facts from alerts`;
    await resolveAlert(world.sql, stuck.subject, stuck.at);
    expect(await raise()).toBe(true);
    await work();

    expect(open).toEqual({ times: 2, facts: { count: 4 } });
    expect(sinks().filter((sink) => sink === "zendesk")).toHaveLength(2);
    expect(alertLines()).toHaveLength(2);
  });

  test.each([
    ["zendesk", "webhook", { status: 503 }],
    ["alerts", "zendesk", { status: 500 }],
    ["zendesk", "webhook", { reset: true }],
  ] as const)(
    "reaches the others where %s fails, and those are not told again",
    async (provider, other, fault) => {
      await raise();
      world.sandbox.setFault({ provider, count: 1, ...fault });

      const faults = await work();
      const first = sinks();
      const after = await work();

      expect(faults).toHaveLength(1);
      expect(faults[0]).toStartWith("Cannot tell everybody of an alert: ");
      expect(first).toEqual([other]);
      expect(after).toEqual([]);
      expect(sinks().toSorted()).toEqual(["webhook", "zendesk"]);
      expect(alertLines()).toHaveLength(1);
    },
  );

  test("makes one ticket though Zendesk's first answer was lost", async () => {
    await raise();
    world.sandbox.setFault({ provider: "zendesk", count: 1, accept_without_answer: true });

    expect(await work()).toHaveLength(1);
    expect(await work()).toEqual([]);

    expect(sinks().toSorted()).toEqual(["webhook", "zendesk"]);
  });

  test("waits no longer than its time for one that hangs", async () => {
    await raise();
    world.sandbox.setFault({ provider: "alerts", count: 1, hang: true });
    const alerts = { ...world.config.alerts, timeoutMs: 1500 };

    expect(await work(world.newDeps({ alerts }))).toEqual([
      "Cannot tell everybody of an alert: The webhook: no answer within 1500 ms",
    ]);
  });

  test("is left to the worker that tells of it", async () => {
    await raise();
    const [row] = await world.sql<{ id: string }[]>`select id from alerts`;
    const alertId = row?.id ?? "";
    await claimAlert(world.sql, alertId, { at: new Date(), seconds: 60 });

    await expect(sendAlerts({ alertId }, world.deps, never)).rejects.toBeInstanceOf(RetryIn);
    expect(sinks()).toEqual([]);

    const later = world.newDeps({ now: () => new Date(Date.now() + 61_000) });
    await sendAlerts({ alertId }, later, never);
    expect(sinks()).toHaveLength(2);
  });

  test("is only logged where nothing is configured", async () => {
    await raise();

    const alerts = { ...world.config.alerts, webhookUrl: null, zendesk: null };
    expect(await work(world.newDeps({ alerts }))).toEqual([]);

    expect(alertLines()).toHaveLength(1);
    expect(sinks()).toEqual([]);
  });

  test("does not fill a chat, however much there is to say", async () => {
    const facts = { references: Array.from({ length: 5000 }, (_, n) => `REF${n}`), why: "x".repeat(20_000) };
    await raise({ facts });

    expect(await work()).toEqual([]);

    const post = world.sandbox.alerts().find(({ sink }) => sink === "webhook");
    expect(post?.text.length).toBeLessThan(9000);
    expect(post?.text).toContain("REF49, and 4950 more");
  });

  test("says nothing of where and as whom it was told", async () => {
    await raise();
    world.sandbox.setFault({ provider: "alerts", count: 1, status: 404 });
    world.sandbox.setFault({ provider: "zendesk", count: 1, status: 401 });

    const faults = await work();

    const said = [...faults, ...world.lines.map(writtenLine)].join("\n");
    expect(faults).toHaveLength(1);
    expect(said).not.toContain("zendesk-secret-token");
    expect(said).not.toContain(world.sandbox.url);
  });
});

describe("an alert that was resolved", () => {
  test("is said to be over, once", async () => {
    await raise();
    await work();

    expect(await resolveAlert(world.sql, stuck.subject, stuck.at)).toBe(true);
    expect(await resolveAlert(world.sql, stuck.subject, stuck.at)).toBe(false);
    await work();

    const texts = world.sandbox.alerts().flatMap(({ sink, text }) => (sink === "webhook" ? [text] : []));
    expect(texts).toHaveLength(2);
    expect(texts[1]).toBe(":white_check_mark: Resolved: [preview] Letters still sending");
  });

  test("before anybody heard of it, is told of in order", async () => {
    await raise();
    await resolveAlert(world.sql, stuck.subject, stuck.at);
    world.sandbox.setFault({ provider: "alerts", count: 1, status: 503 });

    expect(await work()).toHaveLength(1);
    await work();

    const texts = world.sandbox.alerts().flatMap(({ sink, text }) => (sink === "webhook" ? [text] : []));
    expect(texts.map((text) => text.split(" ")[0])).toEqual([":warning:", ":white_check_mark:"]);
  });

  test("is forgotten after 90 days; an open one never", async () => {
    const day = 86_400_000;
    const ago = (days: number) => new Date(Date.now() - days * day);
    for (const [subject, days] of [
      ["old", 91],
      ["recent", 89],
    ] as const) {
      await raise({ subject, at: ago(days) });
      await resolveAlert(world.sql, subject, ago(days));
    }
    await raise({ subject: "open", at: ago(400) });

    await maintain({ task: "delete-old-alerts", dueAt: "2026-11-21T03:14:00.000Z" }, world.deps, never);

    const left = await world.sql`select subject from alerts order by subject`;
    expect(left.map(({ subject }) => subject)).toEqual(["open", "recent"]);
  });
});
