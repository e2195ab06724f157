import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { findAlert, listOpenAlerts } from "../../../shared/alert/queries.ts";
import { enqueue } from "../../../shared/queue/enqueue.ts";
import { checkQueues } from "../../../worker/tasks/health/check-queues.ts";
import { openWorld, type World } from "../../support/world.ts";

const minuteMs = 60_000;
let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`truncate alerts, callback_breakers`;
  await world.sql`delete from pgboss.job`;
  await world.sql`update service_callback_api set suspended_at = null`;
});

afterAll(() => world[Symbol.asyncDispose]());

async function waiting(name: "deliver-sms" | "deliver-email" | "create-letter-pdf", minutes: number) {
  await enqueue(world.sql, [{ name, data: { notificationId: crypto.randomUUID() } }]);
  await world.sql`
    update pgboss.job set start_after = now() - ${minutes} * interval '1 minute' where name = ${name}`;
}

const look = () => checkQueues(world.deps);
const subjects = async () => (await listOpenAlerts(world.sql)).map(({ subject }) => subject).sort();

describe("check-queues", () => {
  test("says nothing of what waits as long as it may, or for its next attempt", async () => {
    await waiting("deliver-sms", 9);
    await waiting("create-letter-pdf", 50);
    await waiting("deliver-email", -60);

    expect(await look()).toBe("0 queues are late, 0 jobs are dead, 0 receivers fail");
    expect(await subjects()).toEqual([]);
  });

  test("wakes somebody for each queue that is late, and closes what is cured", async () => {
    await waiting("deliver-sms", 11);
    await waiting("create-letter-pdf", 61);
    await look();
    await look();

    expect(await subjects()).toEqual(["queue-late:create-letter-pdf", "queue-late:deliver-sms"]);
    expect(await findAlert(world.sql, "queue-late:deliver-sms")).toMatchObject({
      severity: "page",
      times: 2,
      facts: { due: 1, oldest_due_minutes: 11 },
    });

    await world.sql`delete from pgboss.job where name = 'deliver-sms'`;
    await look();
    expect(await subjects()).toEqual(["queue-late:create-letter-pdf"]);
  });

  test("tells of jobs that used up their attempts, by their queues", async () => {
    await enqueue(world.sql, [
      { name: "dead-letters", data: {} },
      { name: "dead-letters", data: {} },
    ]);
    await world.sql`update pgboss.job set source_name = 'inbound-sms', start_after = now() - interval '9 days'`;

    await look();

    expect(await subjects()).toEqual(["dead-letters"]);
    expect((await findAlert(world.sql, "dead-letters"))?.facts).toEqual({
      jobs: 2,
      queues: ["inbound-sms: 2"],
    });
    await world.sql`delete from pgboss.job where name = 'dead-letters'`;
    await look();
    expect(await subjects()).toEqual([]);
  });

  test("tells of receivers that have been failing for more than a day, or are given up", async () => {
    const openedAt = (minutes: number) => world.sql`
      insert into callback_breakers (callback_id, opened_at, probe_at, probes)
      select id, ${new Date(Date.now() - minutes * minuteMs)}, now(), 1 from service_callback_api
      on conflict (callback_id) do update set opened_at = excluded.opened_at`;
    await openedAt(23 * 60);
    await look();
    expect(await subjects()).toEqual([]);

    await openedAt(25 * 60);
    await look();

    expect(await subjects()).toEqual(["callbacks-failing"]);
    const { receivers } = (await findAlert(world.sql, "callbacks-failing"))?.facts ?? {};
    expect(receivers).toEqual([expect.stringContaining(`${world.service.id} delivery_status since `)]);
    await world.sql`truncate callback_breakers`;
    await look();
    expect(await subjects()).toEqual([]);

    await world.sql`update service_callback_api set suspended_at = now() - interval '2 days'`;
    await look();
    expect(await subjects()).toEqual(["callbacks-failing"]);
  });
});
