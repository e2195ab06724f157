import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readConfig } from "../../../shared/config.ts";
import { createCallCbc } from "../../../worker/broadcasts/cbc-proxy.ts";
import { sendBroadcastMessage } from "../../../worker/tasks/broadcasts/send-broadcast-message.ts";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { addBroadcastService, type BroadcastPlace } from "../../support/broadcasts.ts";
import { createListLog } from "../../support/list-log.ts";
import { approveBroadcast, lastEvent } from "../broadcasts/on-air.ts";
import { type Answer, type Cli, openCli, unknownId } from "./cli.ts";

let cli: Cli;
let sandbox: Sandbox;
let place: BroadcastPlace;
const { log } = createListLog();

beforeAll(async () => {
  [cli, sandbox] = await Promise.all([openCli(), startSandbox({ port: 0, receipts: null })]);
  place = await addBroadcastService(cli.sql, cli.cipher);
});

afterAll(() => Promise.all([cli[Symbol.asyncDispose](), sandbox[Symbol.asyncDispose]()]));

beforeEach(async () => {
  sandbox.clearFaults();
  sandbox.cbc.clear();
  await cli.sql`delete from pgboss.job`;
});

const env = () => ({
  CBC_PROXY_ENABLED: "true",
  CBC_PROXY_SITE_1_URL: `${sandbox.url}/cbc/1`,
  CBC_PROXY_SITE_2_URL: `${sandbox.url}/cbc/2`,
  CBC_PROXY_SECRET: "secret",
});

function run(...argv: string[]): Promise<Answer> {
  return cli.runWith({ env: env() }, "broadcast", ...argv);
}

const approve = () => approveBroadcast({ sql: cli.sql, place, log });

async function send(eventId: string, provider: "ee" | "o2"): Promise<void> {
  const { broadcasts: config } = readConfig({
    DATABASE_URL: cli.url,
    ENCRYPTION_KEYS: `old:${Buffer.alloc(32, 1).toString("base64")}`,
    ...env(),
  });
  const broadcasts = { sql: cli.sql, config, callCbc: createCallCbc(config.cbc) };
  const deps = { broadcasts, log, now: () => new Date() };
  await sendBroadcastMessage({ eventId, provider }, deps, new AbortController().signal).catch(() => {});
}

function fail(network: "ee" | "o2"): void {
  for (const site of [1, 2] as const)
    sandbox.setFault({ provider: `${network}-${site}-proxy`, status: 503, count: 1 });
}

/** All that an operator's look must not change. */
async function everything(): Promise<unknown> {
  return [
    await cli.sql`select * from broadcast_messages order by id`,
    await cli.sql`select * from broadcast_provider_messages order by id`,
    await cli.sql`select * from broadcast_replays order by id`,
    await cli.sql`select * from pgboss.job order by id`,
    await cli.sql`select * from alerts order by id`,
  ].map((rows) => [...rows]);
}

describe("broadcast list and show", () => {
  test("tell how far each network has got", async () => {
    const { id, eventId } = await approve();
    await send(eventId, "ee");
    fail("o2");
    await send(eventId, "o2");
    await run("cancel", id);
    const cancel = await lastEvent(cli.sql, id);

    const list = JSON.parse((await run("list", "--status", "cancelled", "--json")).out);
    const shown = JSON.parse((await run("show", id, "--json")).out);

    expect(list).toContainEqual(expect.objectContaining({ id, status: "cancelled", unacknowledged: 7 }));
    expect(shown).toMatchObject({ id, status: "cancelled", service_id: place.serviceId, channel: "severe" });
    expect(shown.networks).toHaveLength(8);
    const of = (event: string, provider: string) =>
      shown.networks.find(
        (row: Record<string, unknown>) => row.event_id === event && row.provider === provider,
      );
    expect(of(eventId, "ee")).toMatchObject({
      type: "alert",
      status: "returned-ack",
      attempts: 1,
      acknowledged_by: "ee-1-proxy",
      blocked_by: null,
    });
    expect(of(eventId, "o2")).toMatchObject({ status: "sending", attempts: 1, replays: 0 });
    expect(of(eventId, "o2").next_retry_at).toEndWith("Z");
    expect(of(eventId, "o2").last_error).toStartWith("o2-1-proxy: answered 503");
    expect(of(cancel, "ee")).toMatchObject({ type: "cancel", blocked_by: null });
    expect(of(cancel, "o2")).toMatchObject({ type: "cancel", blocked_by: eventId });
    expect((await run("show", id)).out).toContain("returned-ack");
  });
});

describe("broadcast replay", () => {
  test("--dry-run shows every step and what would be sent: nothing leaves and nothing changes", async () => {
    const { eventId } = await approve();
    const before = await everything();

    const { code, out } = await run("replay", eventId, "ee", "--dry-run", "--json");
    const text = await run("replay", eventId, "ee", "--dry-run");

    expect(code).toBe(0);
    const { would_send: wouldSend, steps, payload } = JSON.parse(out);
    expect(wouldSend).toBe(true);
    expect(steps.map(({ step, fault }: { step: number; fault: unknown }) => [step, fault])).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((step) => [step, null]),
    );
    expect(payload).toMatchObject({ message_type: "alert", message_format: "cap", channel: "severe" });
    expect(text.out).toContain("It would be sent:");
    expect(sandbox.cbc.list()).toEqual([]);
    expect(await everything()).toEqual(before);
  });

  test("--dry-run says which step stands in the way", async () => {
    const { id, eventId } = await approve();
    await run("cancel", id);
    const cancel = await lastEvent(cli.sql, id);

    const { code, out } = await run("replay", cancel, "ee", "--dry-run", "--json");

    expect(code).toBe(0);
    const { would_send: wouldSend, steps, payload } = JSON.parse(out);
    expect({ wouldSend, payload }).toEqual({ wouldSend: false, payload: null });
    expect(steps.at(-1)).toMatchObject({ step: 8, fault: expect.stringContaining(eventId) });
  });

  test("sends what was given up again, and keeps who asked and why", async () => {
    const { eventId } = await approve();
    await cli.sql`delete from pgboss.job`;
    await cli.sql`
      update broadcast_provider_messages set status = 'technical-failure', attempts = 20, last_error = 'Down'
      where broadcast_event_id = ${eventId}`;

    const { code, out } = await run(
      "replay",
      eventId,
      "ee",
      "--reason",
      "The network is back",
      "--by",
      "Grace",
    );

    expect({ code, out }).toEqual({ code: 0, out: `Queued event ${eventId} for ee` });
    const [message] = await cli.sql<{ id: string }[]>`
      select id, status, attempts, last_error from broadcast_provider_messages
      where broadcast_event_id = ${eventId} and provider = 'ee'`;
    expect(message).toMatchObject({ status: "sending", attempts: 0, last_error: null });
    expect([
      ...(await cli.sql`select reason, requested_by from broadcast_replays where provider_message_id = ${message?.id ?? ""}`),
    ]).toEqual([{ reason: "The network is back", requested_by: "Grace" }]);
    const jobs = await cli.sql`select data from pgboss.job where name = 'send-broadcast-message'`;
    expect([...jobs]).toEqual([{ data: { eventId, provider: "ee" } }]);
  });

  test("makes a job that waits for its next attempt due, rather than adding one", async () => {
    const { eventId } = await approve();
    await cli.sql`
      update pgboss.job set state = 'retry', retry_count = 9, start_after = now() + interval '4 minutes'
      where name = 'send-broadcast-message'`;

    await run("replay", eventId, "ee", "--reason", "Mended");

    const jobs = await cli.sql`
      select data->>'provider' as provider, start_after <= now() as due from pgboss.job
      where name = 'send-broadcast-message' order by 1`;
    expect([...jobs]).toEqual([
      { provider: "ee", due: true },
      { provider: "o2", due: false },
      { provider: "three", due: false },
      { provider: "vodafone", due: false },
    ]);
  });

  test("refuses what the network has, and what must wait for the event before", async () => {
    const { id, eventId } = await approve();
    await send(eventId, "ee");
    await run("cancel", id);
    const cancel = await lastEvent(cli.sql, id);

    const has = await run("replay", eventId, "ee", "--reason", "x");
    const waits = await run("replay", cancel, "o2", "--reason", "x");

    expect(has).toMatchObject({ code: 1, out: "" });
    expect(has.err).toContain("It is in status returned-ack");
    expect(waits).toMatchObject({ code: 1, out: "" });
    expect(waits.err).toContain(`Previous event ${eventId} (type alert) has not finished sending`);
    expect(
      await cli.sql`select from broadcast_replays r join broadcast_provider_messages m
      on m.id = r.provider_message_id where m.broadcast_event_id in (${eventId}, ${cancel})`,
    ).toHaveLength(0);
  });

  test.each([
    [[unknownId, "ee", "--reason", "x"], 1, `Cannot replay ${unknownId}: there is no such event`],
    [[unknownId, "tesco", "--reason", "x"], 2, "PROVIDER must be one of ee, three, o2, vodafone"],
    [["x", "ee", "--reason", "x"], 2, "EVENT must be an id"],
    [[], 2, "Missing required positional argument: EVENT"],
  ])("refuses %j", async (argv, exitCode, message) => {
    const { code, out, err } = await run("replay", ...argv);

    expect({ code, out }).toEqual({ code: exitCode, out: "" });
    expect(err).toStartWith(message);
  });

  test("asks for a reason", async () => {
    const { eventId } = await approve();

    expect(await run("replay", eventId, "ee")).toMatchObject({ code: 2, out: "" });
  });
});

describe("broadcast cancel", () => {
  test("calls off what is on air, and nothing else", async () => {
    const { id } = await approve();

    const first = await run("cancel", id);
    const again = await run("cancel", id);
    const unknown = await run("cancel", unknownId);

    expect(first).toMatchObject({ code: 0, err: "" });
    expect(again).toMatchObject({
      code: 1,
      err: `Cannot move broadcast_message ${id} from cancelled to cancelled`,
    });
    expect(unknown).toMatchObject({ code: 1, err: `Cannot cancel ${unknownId}: there is no such alert` });
  });
});

describe("broadcast link-test", () => {
  test("tries both ways to a network and keeps how they did", async () => {
    const { code, out } = await run("link-test", "vodafone", "--json");

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([
      { function: "vodafone-1-proxy", succeeded: true, error: null },
      { function: "vodafone-2-proxy", succeeded: true, error: null },
    ]);
    expect(sandbox.cbc.list("vodafone").map(({ payload }) => payload.message_type)).toEqual(["test", "test"]);
    expect(await cli.sql`select from broadcast_link_tests where function like 'vodafone%'`).toHaveLength(2);
  });

  test("tries one way, and ends with 1 where it fails", async () => {
    sandbox.setFault({ provider: "ee-2-proxy", reset: true, count: 1 });

    const { code, out, err } = await run("link-test", "ee", "--site", "2");

    expect(code).toBe(1);
    expect(out).toContain("ee-2-proxy  no");
    expect(err).toBe("Cannot reach ee-2-proxy");
    expect(sandbox.cbc.list()).toHaveLength(1);
  });

  test("tries nothing where nothing leaves", async () => {
    const answer = await cli.runWith(
      { env: { ...env(), CBC_PROXY_ENABLED: "false" } },
      "broadcast",
      "link-test",
      "ee",
    );

    expect(answer).toMatchObject({ code: 1, err: "Cannot test links: CBC_PROXY_ENABLED is false" });
    expect(sandbox.cbc.list()).toEqual([]);
  });
});
