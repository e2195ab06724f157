import { describe, expect, test } from "bun:test";
import { PgBoss } from "pg-boss";
import type { Pool } from "../../../shared/database.ts";
import { enqueue } from "../../../shared/queue/enqueue.ts";
import { queues } from "../../../shared/queue/jobs.ts";
import { bossDb } from "../../../worker/boss.ts";
import { openCli } from "./cli.ts";

const due = { name: "maintenance", data: { task: "one", dueAt: "2026-08-01T00:00:00Z" } } as const;

describe("queues", () => {
  test("counts what waits, is due, runs and failed, of every queue", async () => {
    await using cli = await openCli();
    await enqueue(cli.sql, [due, due, due, { ...due, startAfter: new Date(Date.now() + 3_600_000) }]);
    await cli.sql`
      update pgboss.job set created_on = now() - interval '90 seconds' where start_after > now()`;
    await setState(cli.sql, "active");
    await setState(cli.sql, "failed");

    const rows = JSON.parse((await cli.run("queues", "--json")).out);
    const listed = JSON.parse((await cli.run("queues", "list", "--json")).out);

    expect(rows.map(({ queue }: { queue: string }) => queue)).toEqual(Object.keys(queues).sort());
    const maintenance = rows.find(({ queue }: { queue: string }) => queue === "maintenance");
    expect(maintenance).toEqual({
      queue: "maintenance",
      waiting: 2,
      due: 1,
      active: 1,
      failed: 1,
      oldest_waiting_seconds: expect.any(Number),
    });
    expect(maintenance.oldest_waiting_seconds).toBeWithin(89, 120);
    expect(rows.find(({ queue }: { queue: string }) => queue === "deliver-sms")).toMatchObject({
      waiting: 0,
      oldest_waiting_seconds: null,
    });
    expect(listed).toHaveLength(rows.length);
    expect((await cli.run("queues")).out).toMatch(
      /^queue +waiting +due +active +failed +oldest_waiting_seconds\n/,
    );
  });

  test("drop lets dead letters of one queue go, and says how many before it does", async () => {
    await using cli = await openCli();
    await killed(cli.sql, "maintenance", {});
    await killed(cli.sql, "maintenance", {});
    await killed(cli.sql, "ses-receipts", {});
    const [other] = JSON.parse((await cli.run("queues", "dead", "--queue", "ses-receipts", "--json")).out);

    const would = await cli.run("queues", "drop", "--queue", "maintenance", "--dry-run");
    const dropped = await cli.run(
      "queues",
      "drop",
      "--queue",
      "maintenance",
      "--reason",
      "Outlived",
      "--json",
    );
    const left = JSON.parse((await cli.run("queues", "dead", "--json")).out);
    const unreasoned = await cli.run("queues", "drop", other.id);
    const one = await cli.run("queues", "drop", other.id, "--reason", "Of a test");
    const none = await cli.run("queues", "drop", other.id, "--reason", "Of a test");
    const events = await cli.sql`select event_type as type, data from events order by created_at`;

    expect(would.out).toBe("Would drop 2 dead letters");
    expect(JSON.parse(dropped.out)).toEqual({ dropped: 2, dry_run: false });
    expect(left).toMatchObject([{ id: other.id }]);
    expect([one.out, none.out]).toEqual(["Dropped 1 dead letters", "Dropped 0 dead letters"]);
    expect([...events]).toEqual([
      { type: "dead_letters_dropped", data: { queue: "maintenance", dropped: 2, reason: "Outlived" } },
      { type: "dead_letters_dropped", data: { queue: "ses-receipts", dropped: 1, reason: "Of a test" } },
    ]);
    expect([unreasoned.code, unreasoned.err]).toEqual([2, expect.stringContaining("--reason")]);
    expect((await cli.run("queues", "drop", "--reason", "x")).code).toBe(2);
  });

  test("dead lists and counts dead letters without what they hold; redrive puts those of one queue back and wakes its workers", async () => {
    await using cli = await openCli();
    await killed(cli.sql, "maintenance", { task: "07700900123", dueAt: "" });
    await killed(cli.sql, "ses-receipts", {});
    const woken: string[] = [];
    const { promise: heard, resolve } = Promise.withResolvers<void>();
    await cli.sql.listen("pillarbox_jobs", (queue) => {
      woken.push(queue);
      resolve();
    });

    const shown = await cli.run("queues", "show", "dead-letters", "--json");
    const dead = await cli.run("queues", "dead", "--json");
    const some = await cli.run("queues", "dead", "--queue", "ses-receipts", "--json");
    const redriven = await cli.run("queues", "redrive", "--queue", "maintenance");
    const again = await cli.run("queues", "redrive", "--queue", "maintenance", "--json");
    await heard;

    expect(JSON.parse(shown.out)).toMatchObject([
      { state: "created", came_from: "maintenance", attempts: 4, reason: "broken" },
      { state: "created", came_from: "ses-receipts", reason: "broken" },
    ]);
    const instant = expect.stringMatching(/Z$/);
    const times = { id: expect.any(String), queued_at: instant, failed_at: instant };
    expect(JSON.parse(dead.out)).toEqual([
      { ...times, queue: "maintenance", attempts: 4, reason: "broken" },
      { ...times, queue: "ses-receipts", attempts: 6, reason: "broken" },
    ]);
    expect(dead.err).toBe("1 of maintenance\n1 of ses-receipts");
    expect(JSON.parse(some.out)).toMatchObject([{ queue: "ses-receipts" }]);
    expect(shown.out + dead.out).not.toContain("07700900123");
    expect(redriven).toEqual({ code: 0, out: "Put 1 jobs back into maintenance", err: "" });
    expect(JSON.parse(again.out)).toEqual({ moved: 0 });
    expect(woken).toEqual(["maintenance"]);
    const jobs = await cli.sql`
      select name, data->>'task' as task, retry_count from pgboss.job where state = 'created' order by name`;
    expect(jobs).toMatchObject([
      { name: "dead-letters" },
      { name: "maintenance", task: "07700900123", retry_count: 0 },
    ]);
  });

  test("redrive puts one dead letter back with what it holds, once though many ask for it", async () => {
    await using cli = await openCli();
    await killed(cli.sql, "maintenance", { task: "one", dueAt: "" });
    await killed(cli.sql, "maintenance", { task: "two", dueAt: "" });
    const [letter] = JSON.parse((await cli.run("queues", "dead", "--json")).out);

    const answers = await Promise.all([1, 2, 3].map(() => cli.run("queues", "redrive", letter.id, "--json")));
    const late = await cli.run("queues", "redrive", letter.id);

    const moved = answers.map(({ out }) => JSON.parse(out).moved);
    expect(moved.sort()).toEqual([0, 0, 1]);
    expect(late).toMatchObject({ code: 0, out: `No dead letter ${letter.id}: it may be back already` });
    const jobs = await cli.sql`
      select name, data->>'task' as task from pgboss.job where state = 'created' order by name desc`;
    expect([...jobs]).toEqual([
      { name: "maintenance", task: "one" },
      { name: "dead-letters", task: "two" },
    ]);
  });

  test("dead says that there are none", async () => {
    await using cli = await openCli();

    expect(await cli.run("queues", "dead")).toEqual({ code: 0, out: "No dead letters", err: "" });
    expect(await cli.run("queues", "redrive", "--queue", "deliver-sms")).toMatchObject({
      out: "Put 0 jobs back into deliver-sms",
    });
  });

  test("show takes a limit, and says that there is nothing", async () => {
    await using cli = await openCli();
    await enqueue(cli.sql, [due, due]);

    expect(
      JSON.parse((await cli.run("queues", "show", "maintenance", "--limit", "1", "--json")).out),
    ).toHaveLength(1);
    expect((await cli.run("queues", "show", "dead-letters")).out).toBe("No jobs in dead-letters");
  });

  test.each([
    "show letters",
    "redrive letters",
    "redrive --queue letters",
    "redrive --queue toString",
    "redrive 11111111-1111-4111-8111-111111111111 --queue maintenance",
    "dead --queue letters",
    "dead --limit 0",
    "show maintenance --limit 0",
    "show",
    "redrive",
    "purge maintenance",
    "maintenance",
    "--queue maintenance",
  ])("does not understand %s", async (line) => {
    await using cli = await openCli();

    expect(await cli.run("queues", ...line.split(" "))).toMatchObject({ code: 2, out: "" });
  });
});

/** One of the jobs that are due gets another state. */
async function setState(sql: Pool, state: string): Promise<void> {
  await sql`
    update pgboss.job set state = ${state}::pgboss.job_state where id = (
      select id from pgboss.job where state = 'created' and start_after <= now() limit 1)`;
}

/** A job that used up its retries. */
async function killed(sql: Pool, queue: "maintenance" | "ses-receipts", data: object): Promise<void> {
  const boss = new PgBoss({ db: bossDb(sql), migrate: false, supervise: false, schedule: false });
  await boss.start();
  const id = await boss.send(queue, data);
  await sql`
    update pgboss.job set state = 'active', started_on = now(), retry_count = retry_limit where id = ${id}`;
  await boss.fail(queue, id ?? "", { message: "broken" });
  await boss.stop({ graceful: false, close: false });
}
