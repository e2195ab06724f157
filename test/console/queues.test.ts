import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { enqueue } from "../../shared/queue/enqueue.ts";
import { checkAccessibility } from "../support/browser.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole();
});

beforeEach(async () => {
  await console.world.sql`delete from pgboss.job`;
  await console.world.sql`delete from audit`;
});

afterAll(() => console[Symbol.asyncDispose]());

interface Dead {
  queue: string;
  reason?: string;
  singletonKey?: string;
}

/** Jobs that used up their attempts, as pg-boss leaves them. Answers their ids. */
async function die(count: number, { queue, reason = "It broke", singletonKey }: Dead): Promise<string[]> {
  const rows = await console.world.sql<{ id: string }[]>`
    insert into pgboss.job (id, name, data, singleton_key, source_name, source_id, source_created_on,
      source_retry_count, source_output, created_on)
    select gen_random_uuid(), 'dead-letters', '{"task": "secret-data", "dueAt": "2026-08-01T00:00:00Z"}',
      ${singletonKey ?? null}, ${queue}, gen_random_uuid(), now() - interval '2 hours', 4,
      ${JSON.stringify({ message: reason })}::text::jsonb, now() - n * interval '1 minute'
    from generate_series(1, ${count}::integer) n returning id`;
  return rows.map(({ id }) => id);
}

const one = async (dead: Dead) => (await die(1, dead))[0] ?? "";

async function jobs(queue: string) {
  const rows = await console.world.sql<{ id: string; data: unknown }[]>`
    select id, data from pgboss.job where name = ${queue} and state < 'active'`;
  return [...rows];
}

async function entries() {
  return [...(await console.world.sql`select action, subject, outcome, after from audit order by at, id`)];
}

/** What stands in the cells of the row of a link. */
function cellsOf(html: string, link: string): string[] {
  const row = html.split("<tr>").find((part) => part.includes(`>${link}</a>`)) ?? "";
  return row
    .split("</td>")
    .map((cell) => cell.replace(/<[^>]*>/g, "").trim())
    .filter((cell) => cell !== "");
}

describe("queues", () => {
  test("are shown with what waits, runs and failed in them", async () => {
    const data = { task: "a", dueAt: "2026-08-01T00:00:00Z" };
    await enqueue(
      console.world.sql,
      ["a", "b", "c"].map((groupId) => ({ name: "maintenance" as const, groupId, data })),
    );
    await console.world.sql`
      update pgboss.job set state = 'active', started_on = now() where name = 'maintenance' and group_id = 'c'`;
    await die(5, { queue: "inbound-sms" });

    const { text } = await console.get("operator", "/console/queues");

    expect(cellsOf(text, "maintenance").slice(0, 5)).toEqual(["maintenance", "2", "2", "1", "0"]);
    expect(cellsOf(text, "inbound-sms").slice(0, 2)).toEqual(["inbound-sms", "5"]);
    expect(cellsOf(text, "dead-letters")).toEqual([]);
  });

  test("show their jobs and dead letters, with why they failed and nothing of what they carry", async () => {
    const id = await one({ queue: "maintenance", reason: "<img src=x> did not answer" });
    await enqueue(console.world.sql, [
      { name: "maintenance", groupId: "a", data: { task: "secret-data", dueAt: "2026-08-01T00:00:00Z" } },
    ]);

    const queue = await console.get("operator", "/console/queues/maintenance");
    const letter = await console.get("operator", `/console/dead-letters/${id}`);

    const [job] = await jobs("maintenance");
    expect(queue.text).toContain(`${job?.id}`);
    expect(queue.text).toContain(`href="/console/dead-letters/${id}"`);
    for (const { status, text } of [queue, letter]) {
      expect(status).toBe(200);
      expect(text).toContain("&lt;img src=x&gt; did not answer");
      expect(text).not.toContain("secret-data");
    }
  });

  test("are nobody's but operators'", async () => {
    const id = await one({ queue: "maintenance" });
    for (const person of ["manager", "viewer", "stranger"] as const) {
      for (const path of ["/console/queues", "/console/queues/maintenance", `/console/dead-letters/${id}`]) {
        expect((await console.get(person, path)).status).toBe(404);
      }
      for (const path of ["/console/queues/maintenance/drop", `/console/dead-letters/${id}/drop`]) {
        expect((await console.post(person, path, { confirm: "yes", reason: "no" })).status).toBe(404);
      }
    }
    expect(await jobs("dead-letters")).toHaveLength(1);
    expect(await entries()).toEqual([]);
  });

  test.each([
    "/console/queues/nothing",
    "/console/queues/dead%20letters",
    "/console/dead-letters/nothing",
    "/console/dead-letters/00000000-0000-4000-8000-000000000000",
  ])("that are not there are not found: %s", async (path) => {
    expect((await console.get("operator", path)).status).toBe(404);
    expect((await console.post("operator", `${path}/redrive`, { confirm: "yes" })).status).toBe(404);
  });
});

describe("a dead letter", () => {
  test("goes back into its queue once", async () => {
    const id = await one({ queue: "maintenance" });

    const first = await console.post("operator", `/console/dead-letters/${id}/redrive`);
    const second = await console.post("operator", `/console/dead-letters/${id}/redrive`);

    expect(first).toMatchObject({ status: 303, location: "/console/queues/maintenance" });
    expect(second.status).toBe(404);
    expect(await jobs("maintenance")).toMatchObject([{ data: { task: "secret-data" } }]);
    expect(await jobs("dead-letters")).toEqual([]);
    expect(await entries()).toMatchObject([
      { action: "dead-letter.redrive", subject: `job ${id}`, outcome: "done" },
    ]);
  });

  test("stays where another job of its kind waits", async () => {
    const id = await one({ queue: "send-broadcast-message", singletonKey: "taken" });
    await enqueue(console.world.sql, [
      {
        name: "send-broadcast-message",
        singletonKey: "taken",
        data: { eventId: crypto.randomUUID(), provider: "ee" },
      },
    ]);

    await console.post("operator", `/console/dead-letters/${id}/redrive`);

    expect(await jobs("dead-letters")).toHaveLength(1);
    expect(await entries()).toMatchObject([{ action: "dead-letter.redrive", outcome: "refused" }]);
  });

  test("is let go with a reason, by somebody who is sure", async () => {
    const [id = "", other = ""] = await die(2, { queue: "maintenance" });
    const path = `/console/dead-letters/${id}/drop`;

    const unsure = await console.post("operator", path, { reason: "Stale" });
    const silent = await console.post("operator", path, { confirm: "yes", reason: "  " });
    const refused = await entries();
    const sure = await console.post("operator", path, { confirm: "yes", reason: "Stale" });

    expect(unsure.status).toBe(400);
    expect(unsure.text).toContain("Tick that you are sure");
    expect(unsure.text).toContain("<title>Problem: ");
    expect(silent.status).toBe(400);
    expect(silent.text).toContain("Say why");
    expect(refused).toEqual([]);
    expect(sure.status).toBe(303);
    expect((await jobs("dead-letters")).map((job) => job.id)).toEqual([other]);
    expect(await entries()).toMatchObject([
      { action: "dead-letter.drop", subject: `job ${id}`, outcome: "done", after: { reason: "Stale" } },
    ]);
  });
});

describe("all dead letters of a queue", () => {
  test("go back, and those of others stay", async () => {
    await die(3, { queue: "maintenance" });
    await die(1, { queue: "inbound-sms" });
    const path = "/console/queues/maintenance/redrive";

    const unsure = await console.post("operator", path);
    const sure = await console.post("operator", path, { confirm: "yes" });

    expect(unsure.status).toBe(400);
    expect(unsure.text).toContain("Tick that you are sure");
    expect(sure).toMatchObject({ status: 303, location: "/console/queues/maintenance" });
    expect(await jobs("maintenance")).toHaveLength(3);
    expect(await jobs("dead-letters")).toHaveLength(1);
    expect(await entries()).toMatchObject([
      { action: "queue.redrive", subject: "queue maintenance", outcome: "done", after: { moved: 3 } },
    ]);
  });

  test("are let go with a reason, and those of others stay", async () => {
    await die(3, { queue: "maintenance" });
    await die(1, { queue: "inbound-sms" });
    const path = "/console/queues/maintenance/drop";

    const silent = await console.post("operator", path, { confirm: "yes", reason: "" });
    const sure = await console.post("operator", path, { confirm: "yes", reason: "Too late" });

    expect(silent.status).toBe(400);
    expect(silent.text).toContain("Say why");
    expect(sure.status).toBe(303);
    expect(await jobs("maintenance")).toEqual([]);
    expect(await jobs("dead-letters")).toHaveLength(1);
    expect(await entries()).toMatchObject([
      { action: "queue.drop", outcome: "done", after: { dropped: 3, reason: "Too late" } },
    ]);
  });
});

test("the pages of queues can be read by everybody, and used by keyboard", async () => {
  const id = await one({ queue: "maintenance" });
  for (const options of [{}, { colours: "dark", screen: "telephone" }] as const) {
    await using visitor = await console.visit("operator", options);
    const { page } = visitor;
    for (const path of ["/console/queues", "/console/queues/maintenance", `/console/dead-letters/${id}`]) {
      await page.goto(path);
      expect({ path, faults: await checkAccessibility(page) }).toEqual({ path, faults: [] });
    }
    if (options.colours === "dark") {
      await page.getByRole("button", { name: "Put it back" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("status").waitFor();
      expect(await page.getByRole("status").textContent()).toContain("Put the job back into maintenance");
    }
  }
});
