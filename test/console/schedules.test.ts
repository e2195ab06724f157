import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { maintain } from "../../worker/tasks/maintain.ts";
import { checkAccessibility } from "../support/browser.ts";
import { never } from "../worker/providers/provider-server.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

const hourMs = 3_600_000;

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole();
});

beforeEach(async () => {
  const { sql } = console.world;
  await sql`truncate schedules, task_runs`;
  await sql`delete from pgboss.job`;
});

afterAll(() => console[Symbol.asyncDispose]());

/** As a worker does it each minute. */
async function noteSchedules() {
  const dueAt = new Date().toISOString();
  await maintain({ task: "note-schedules", dueAt }, console.world.newDeps(), never);
}

interface Run {
  hoursAgo: number;
  started?: boolean;
  outcome?: "done" | "failed";
  detail?: string;
}

async function storeRun(task: string, { hoursAgo, started = true, outcome, detail }: Run) {
  const dueAt = new Date(Date.now() - hoursAgo * hourMs);
  await console.world.sql`
    insert into task_runs (task, due_at, started_at, finished_at, outcome, detail)
    values (${task}, ${dueAt}, ${started ? dueAt : null}, ${outcome ? dueAt : null}, ${outcome ?? null},
      ${detail ?? null})`;
}

/** The row of a task, in words. */
function rowOf(html: string, task: string): string {
  const row = html.split("<tr>").find((part) => part.includes(`>${task}</a>`)) ?? "";
  return row
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

test("says what to do as long as no worker has run", async () => {
  expect((await console.get("operator", "/console/schedules")).text).toContain("No worker has run yet");
});

test("shows what a worker runs by the clock, how it went, and what is late", async () => {
  await noteSchedules();
  await storeRun("count-traffic", { hoursAgo: 0.001, outcome: "done", detail: "Counted <b>all</b>" });
  await storeRun("tend-callbacks", { hoursAgo: 1, started: false });
  await storeRun("check-queues", { hoursAgo: 1 });
  await storeRun("delete-old-alerts", { hoursAgo: 1, outcome: "failed", detail: "Cannot delete" });

  const { text } = await console.get("operator", "/console/schedules");

  expect(rowOf(text, "count-traffic")).toMatch(/^count-traffic \* \* \* \* \* done 20\d\d-/);
  expect(text).toContain("Counted &lt;b&gt;all&lt;/b&gt;");
  expect(rowOf(text, "tend-callbacks")).toContain("waiting");
  expect(rowOf(text, "check-queues")).toContain("running");
  expect(rowOf(text, "delete-old-alerts")).toMatch(/ failed .*Cannot delete$/);
});

test("runs one now, as one job that says when it was asked for", async () => {
  await noteSchedules();
  const path = "/console/schedules/count-traffic/run";

  const unsure = await console.post("operator", path);
  const sure = await console.post("operator", path, { confirm: "yes" });

  expect(unsure.status).toBe(400);
  expect(unsure.text).toContain("Tick that it is to run now");
  expect(sure).toMatchObject({ status: 303, location: "/console/schedules" });
  const jobs = await console.world
    .sql`select data, group_id as "group" from pgboss.job where name = 'maintenance'`;
  expect(jobs).toMatchObject([{ group: "count-traffic", data: { task: "count-traffic" } }]);
  const entries = await console.world
    .sql`select subject, outcome, after from audit where action = 'schedule.run'`;
  expect(entries).toMatchObject([
    { subject: "schedule count-traffic", outcome: "done", after: { dueAt: jobs[0]?.data.dueAt } },
  ]);
});

test("is for operators, and of what there is", async () => {
  await noteSchedules();
  const path = "/console/schedules/count-traffic";
  for (const person of ["manager", "viewer", "stranger"] as const) {
    expect((await console.get(person, "/console/schedules")).status).toBe(404);
    expect((await console.get(person, path)).status).toBe(404);
    expect((await console.post(person, `${path}/run`, { confirm: "yes" })).status).toBe(404);
  }
  expect((await console.get("operator", "/console/schedules/no-such-task")).status).toBe(404);
  const answer = await console.post("operator", "/console/schedules/no-such-task/run", { confirm: "yes" });
  expect(answer.status).toBe(404);
  expect(await console.world.sql`select id from pgboss.job where name = 'maintenance'`).toHaveLength(0);
});

test("can be read by everybody, on desk and telephone, in light and dark", async () => {
  await noteSchedules();
  await storeRun("check-queues", { hoursAgo: 1 });
  for (const options of [{}, { colours: "dark", screen: "telephone", scripts: "off" }] as const) {
    await using visitor = await console.visit("operator", options);
    for (const path of ["/console/schedules", "/console/schedules/check-queues"]) {
      await visitor.page.goto(path);
      expect({ path, faults: await checkAccessibility(visitor.page) }).toEqual({ path, faults: [] });
    }
  }
});
