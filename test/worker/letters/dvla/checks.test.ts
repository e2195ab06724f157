import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { addHolidays, removeHoliday } from "../../../../shared/letter/holidays.ts";
import type { Status } from "../../../../shared/notification/notification.ts";
import type { WorkerDeps } from "../../../../worker/deps.ts";
import { maintain } from "../../../../worker/tasks/maintain.ts";
import { storeNotification } from "../../../support/notifications.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";
import { arrive } from "./arrive.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false, dvla: {} });
});

beforeEach(async () => {
  await world.sql`
    truncate letters, notifications, dvla_files, letter_holds, letter_batch_members, letter_batches, print_runs, alerts
    cascade`;
});

afterAll(() => world[Symbol.asyncDispose]());

interface Facts {
  status?: Status;
  keyType?: "normal" | "team" | "test";
  createdAt?: string;
  sentAt?: string;
}

async function store({ createdAt, sentAt, ...facts }: Facts): Promise<string> {
  const made = new Date(createdAt ?? sentAt ?? "2026-11-16T12:00:00Z");
  const sent = sentAt === undefined ? {} : { sentAt: new Date(sentAt) };
  const { sql, cipher, service } = world;
  return await storeNotification(
    { sql, cipher, service },
    { channel: "letter", createdAt: made, ...sent, ...facts },
  );
}

const check = (task: string, dueAt: string, over: Partial<WorkerDeps> = {}) =>
  maintain({ task, dueAt: new Date(dueAt).toISOString() }, world.newDeps(over), never);
const openAlerts = () =>
  world.sql`select subject, title, facts, times from alerts where resolved_at is null order by subject`;

describe("letters still sending", () => {
  const task = "raise-alert-if-letter-notifications-still-sending";

  test("are told of where they went two of the printer's working days ago or earlier", async () => {
    await store({ status: "sending", sentAt: "2026-11-18T17:51:00Z" });
    await store({ status: "sending", sentAt: "2026-11-16T17:51:00Z" });
    // A day too young, of a test key, and ended.
    await store({ status: "sending", sentAt: "2026-11-19T00:00:00Z" });
    await store({ status: "sending", sentAt: "2026-11-16T17:51:00Z", keyType: "test" });
    await store({ status: "delivered", sentAt: "2026-11-16T17:51:00Z" });

    await check(task, "2026-11-20T19:00:00Z");
    await check(task, "2026-11-21T19:00:00Z");

    expect(await openAlerts()).toEqual([
      {
        subject: "letters-still-sending",
        title: "Letters still sending",
        facts: { letters: 2, sent_until: "Wednesday 2026-11-18", oldest: "2026-11-16T17:51:00.000Z" },
        times: 1,
      },
    ] as never);
  });

  test("have longer over a bank holiday that was loaded", async () => {
    await store({ status: "sending", sentAt: "2026-11-17T17:51:00Z" });
    await addHolidays(world.sql, [{ date: "2026-11-18", name: "Jubilee" }]);

    await check(task, "2026-11-19T19:00:00Z");
    expect(await openAlerts()).toEqual([] as never);

    await removeHoliday(world.sql, "2026-11-18");
    await check(task, "2026-11-19T19:00:00Z");
    expect(await openAlerts()).toMatchObject([{ facts: { sent_until: "Tuesday 2026-11-17" } }]);
  });

  test("count by London's dates in summer", async () => {
    await store({ status: "sending", sentAt: "2026-07-14T22:59:59Z" });
    await check(task, "2026-07-16T19:00:00Z");
    expect(await openAlerts()).toMatchObject([{ facts: { sent_until: "Tuesday 2026-07-14" } }]);

    await world.sql`update notifications set sent_at = '2026-07-14T23:00:00Z'`;
    await check(task, "2026-07-16T19:00:00Z");
    expect(await openAlerts()).toEqual([] as never);
  });

  test("are told of once until they have ended", async () => {
    const id = await store({ status: "sending", sentAt: "2026-11-16T17:51:00Z" });
    await check(task, "2026-11-19T19:00:00Z");
    await check(task, "2026-11-20T19:00:00Z");
    expect(await openAlerts()).toMatchObject([{ times: 2 }]);

    await world.sql`update notifications set status = 'delivered' where id = ${id}`;
    await check(task, "2026-11-23T19:00:00Z");
    expect(await openAlerts()).toEqual([] as never);
  });
});

describe("letters still created", () => {
  const task = "check-if-letters-still-in-created";

  test("are told of, of any key, where they were made before 17:30 yesterday and none holds them", async () => {
    await store({ createdAt: "2026-11-19T17:29:59Z" });
    await store({ createdAt: "2026-11-01T12:00:00Z", keyType: "test" });
    await store({ createdAt: "2026-11-19T17:30:00Z" });
    await store({ createdAt: "2026-11-19T12:00:00Z", status: "cancelled" });

    await check(task, "2026-11-20T07:00:00Z");
    expect(await openAlerts()).toMatchObject([
      {
        subject: "letters-still-created",
        facts: { letters: 2, held_besides: 0, oldest: "2026-11-01T12:00:00.000Z" },
      },
    ]);

    await world.sql`insert into letter_holds select ${world.service.id}, 'misprint', now()`;
    await check(task, "2026-11-20T07:00:00Z");
    expect(await openAlerts()).toEqual([] as never);
  });
});

describe("letters that failed", () => {
  test("are told of for three days", async () => {
    const task = "check-if-letters-in-technical-failure";
    await store({ status: "technical-failure", createdAt: "2026-11-17T07:00:00Z" });
    await store({ status: "validation-failed", createdAt: "2026-11-19T07:00:00Z" });

    await check(task, "2026-11-20T07:00:00Z");
    expect(await openAlerts()).toMatchObject([
      { subject: "letters-technical-failure", facts: { letters: 1 } },
    ]);

    await check(task, "2026-11-20T07:00:01Z");
    expect(await openAlerts()).toEqual([] as never);
  });
});

describe("a printer that says nothing", () => {
  const task = "raise-alert-if-nothing-came-from-dvla";

  async function sent(uploadedAt: string): Promise<void> {
    const runId = crypto.randomUUID();
    await world.sql`
      insert into print_runs (id, print_date, deadline, kind, reason, status, created_at)
      values (${runId}, '2026-11-19', '2026-11-19T17:30:00Z', 'manual', 'test', 'planned', now())`;
    await world.sql`
      insert into letter_batches (id, run_id, name, number, postage, service_id, letters, bytes, state, created_at,
        uploaded_at)
      values (gen_random_uuid(), ${runId}, ${runId}, 1, 'second', ${world.service.id}, 1, 1, 'acknowledged', now(),
        ${uploadedAt})`;
  }

  test("is told of by its deadline, the next working day, until it answers", async () => {
    await arrive(world, "NOTIFY-20261118160000-RSP.TXT", "before", new Date("2026-11-18T16:00:00Z"));
    await sent("2026-11-19T17:55:00Z");

    await check(task, "2026-11-19T19:05:00Z");
    expect(await openAlerts()).toEqual([] as never);

    await check(task, "2026-11-20T19:05:00Z");
    expect(await openAlerts()).toMatchObject([
      { subject: "dvla-silent", facts: { sent_at: "2026-11-19T17:55:00.000Z" } },
    ]);

    await arrive(world, "NOTIFY.2026-11-19.2.001.X.ACK.TXT", "", new Date("2026-11-20T20:00:00Z"));
    await check(task, "2026-11-23T19:05:00Z");
    expect(await openAlerts()).toHaveLength(1);

    await arrive(world, "NOTIFY-20261123160000-RSP.TXT", "after", new Date("2026-11-23T20:00:00Z"));
    await check(task, "2026-11-24T19:05:00Z");
    expect(await openAlerts()).toEqual([] as never);
  });

  test("is not looked for at weekends, nor where nothing went", async () => {
    await check(task, "2026-11-20T19:05:00Z");
    await sent("2026-11-20T17:55:00Z");
    await check(task, "2026-11-21T19:05:00Z");
    await check(task, "2026-11-20T19:05:00Z");
    expect(await openAlerts()).toEqual([] as never);
  });
});

test("nobody is told anything where letters are not printed", async () => {
  await store({ status: "sending", sentAt: "2026-11-16T17:51:00Z" });
  await store({ createdAt: "2026-11-01T12:00:00Z" });
  await store({ status: "technical-failure", createdAt: "2026-11-19T12:00:00Z" });
  const letters = { ...world.deps.letters, sftp: null };

  await check("raise-alert-if-letter-notifications-still-sending", "2026-11-20T19:00:00Z", { letters });
  await check("check-if-letters-still-in-created", "2026-11-20T07:00:00Z", { letters });
  await check("check-if-letters-in-technical-failure", "2026-11-20T07:00:00Z", { letters });

  expect(await openAlerts()).toEqual([] as never);
});
