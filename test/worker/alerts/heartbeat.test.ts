import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readConfig } from "../../../shared/config.ts";
import { maintain } from "../../../worker/tasks/maintain.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

const task = "delete-old-task-runs";
const dueAt = "2026-08-05T03:04:00.000Z";
const asked: string[] = [];
let answer: () => Response | Promise<Response>;
let monitor: Bun.Server<undefined>;
let world: World;

beforeAll(async () => {
  monitor = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      asked.push(new URL(request.url).pathname + new URL(request.url).search);
      return answer();
    },
  });
  const url = `http://127.0.0.1:${monitor.port}/p/a-key/${task}?state={state}`;
  world = await openWorld({
    worker: false,
    env: { HEARTBEAT_URLS: `${task}=${url}, other=${url}`, ALERT_TIMEOUT_MS: "1500" },
  });
});

beforeEach(() => {
  asked.length = 0;
  answer = () => new Response("ok");
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await monitor.stop(true);
});

const warnings = () => world.lines.filter(({ message }) => message.startsWith("Heartbeat"));

describe("a scheduled task with a monitor outside", () => {
  test("tells it when it begins and is done", async () => {
    await maintain({ task, dueAt }, world.deps, never);

    expect(asked).toEqual([`/p/a-key/${task}?state=run`, `/p/a-key/${task}?state=complete`]);
  });

  test("tells it when it failed", async () => {
    // Nothing of it can be deleted while somebody holds on to it.
    await world.sql`create rule kept as on delete to task_runs do instead select 1 / 0`;

    await expect(maintain({ task, dueAt }, world.deps, never)).rejects.toThrow();
    await world.sql`drop rule kept on task_runs`;

    expect(asked).toEqual([`/p/a-key/${task}?state=run`, `/p/a-key/${task}?state=fail`]);
  });

  test.each([
    ["refuses", () => new Response("no", { status: 500 })],
    ["does not answer", () => new Promise<Response>(() => {})],
  ])("is done though the monitor %s, and says nothing of its address", async (_, misbehave) => {
    answer = misbehave;
    const before = warnings().length;

    await maintain({ task, dueAt }, world.deps, never);

    const said = warnings().slice(before);
    expect(said).toHaveLength(2);
    expect(JSON.stringify(said)).not.toContain("a-key");
  });

  test("tells nobody of tasks without one", async () => {
    await maintain({ task: "delete-old-alerts", dueAt }, world.deps, never);

    expect(asked).toEqual([]);
  });
});

test.each(["nightly", "nightly=", "nightly=ftp://monitor.example", "nightly=https://"])(
  "HEARTBEAT_URLS may not be %s",
  (value) => {
    const env = { DATABASE_URL: "postgres://localhost/x", ENCRYPTION_KEYS: `k:${"A".repeat(43)}=` };

    expect(() => readConfig({ ...env, HEARTBEAT_URLS: value })).toThrow(
      "HEARTBEAT_URLS: must be task=URL, several separated by commas",
    );
  },
);
