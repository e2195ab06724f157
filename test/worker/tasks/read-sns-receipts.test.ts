import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { snsLog } from "../../../worker/providers/sns-log.ts";
import { schedulesFor } from "../../../worker/schedules.ts";
import { readSnsReceipts } from "../../../worker/tasks/read-sns-receipts.ts";
import { openWorld, type World } from "../../support/world.ts";
import { type Got, never, openProvider } from "../providers/provider-server.ts";

setDefaultTimeout(60_000);

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`delete from pgboss.job`;
  await world.sql`delete from receipt_positions`;
});

afterAll(() => world[Symbol.asyncDispose]());

const minute = 60_000;
const now = new Date("2026-03-14T12:00:00Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * minute);

interface Line {
  eventId: string;
  timestamp: number;
  message: string;
}

let lastId = 0;

function line(at: Date, reference: string = crypto.randomUUID(), status = "SUCCESS"): Line {
  const message = JSON.stringify({ notification: { messageId: reference }, delivery: {}, status });
  return { eventId: String(++lastId), timestamp: at.getTime(), message };
}

/** CloudWatch with these lines in its log of arrived texts, `size` a page; the other log is not there. */
function openLog(lines: Line[], { size = 1000 } = {}) {
  const froms: number[] = [];
  let broken = (_asked: { logGroupName: string; nextToken?: string }) => false;
  const server = openProvider(({ body }: Got) => {
    const asked = JSON.parse(body);
    if (broken(asked)) return new Response("down", { status: 503 });
    if (asked.logGroupName.endsWith("/Failure")) {
      return Response.json({ __type: "ResourceNotFoundException" }, { status: 400 });
    }
    const skip = Number(asked.nextToken ?? 0);
    if (skip === 0) froms.push(asked.startTime);
    const fitting = lines
      .filter(({ timestamp }) => timestamp >= asked.startTime)
      .sort((a, b) => a.timestamp - b.timestamp);
    const events = fitting.slice(skip, skip + size);
    const more = skip + size < fitting.length;
    return Response.json({ events, ...(more ? { nextToken: String(skip + size) } : {}) });
  });
  return {
    /** Where each reading began. */
    froms,
    breakWhen: (when: typeof broken) => {
      broken = when;
    },
    read(at = now, signal = never) {
      const keys = { region: "eu-west-2", accessKeyId: "id", secretAccessKey: "secret" };
      const log = snsLog({ ...keys, logsUrl: server.url, accountId: "000000000000", timeoutMs: 10_000 });
      return readSnsReceipts(world.newDeps({ now: () => at, snsLog: log }), signal);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function receipts(): Promise<{ reference: string; providerStatus: string; deliveredAt: string }[]> {
  const rows = await world.sql`
    select data from pgboss.job where name = 'sms-receipts' order by data->>'deliveredAt', data->>'reference'`;
  return rows.map(({ data }) => data);
}

const references = async () => (await receipts()).map(({ reference }) => reference);

describe("read-sns-receipts", () => {
  test("queues what each line reports", async () => {
    await using log = openLog([line(ago(2), "one"), line(ago(1), "two", "FAILURE")]);

    expect(await log.read()).toBe("Read 2 and 0 lines");

    expect(await receipts()).toMatchObject([
      {
        v: 1,
        provider: "sns",
        reference: "one",
        providerStatus: "SUCCESS",
        deliveredAt: ago(2).toISOString(),
      },
      {
        v: 1,
        provider: "sns",
        reference: "two",
        providerStatus: "FAILURE",
        deliveredAt: ago(1).toISOString(),
      },
    ] as object[]);
  });

  test("reads again what may have come late, and queues nothing twice", async () => {
    const lines = [line(ago(5), "one")];
    await using log = openLog(lines);
    await log.read(ago(2));
    lines.push(line(ago(14), "late"), line(ago(1), "new"));

    expect(await log.read()).toBe("Read 3 and 0 lines");

    expect(await references()).toEqual(["late", "one", "new"]);
    expect(log.froms).toEqual([ago(17).getTime(), ago(17).getTime()]);
  });

  test("goes on where it stopped, however long ago", async () => {
    const lines: Line[] = [];
    await using log = openLog(lines);
    await log.read(ago(60 * 48));
    lines.push(line(ago(60 * 47), "yesterday"));

    await log.read();
    await log.read();

    expect(await references()).toEqual(["yesterday"]);
    expect(log.froms.slice(1)).toEqual([ago(60 * 48 + 15).getTime(), ago(15).getTime()]);
  });

  test("reads all pages", async () => {
    const lines = Array.from({ length: 2500 }, (_, n) => line(new Date(ago(10).getTime() + n)));
    await using log = openLog(lines, { size: 400 });

    expect(await log.read()).toBe("Read 2500 and 0 lines");

    expect(await receipts()).toHaveLength(2500);
  });

  test("keeps what it read before a failure, and reads on from there", async () => {
    const lines = [180, 120, 60, 20].map((minutes) => line(ago(minutes), `${minutes} ago`));
    await using log = openLog(lines, { size: 2 });
    log.breakWhen(() => true);
    await log.read(ago(200));
    log.breakWhen(({ nextToken }) => nextToken !== undefined);

    expect(await log.read()).toBe("Read no and 0 lines");
    const before = await references();
    log.breakWhen(() => false);
    await log.read();

    expect(before).toEqual(["180 ago", "120 ago"]);
    expect(await references()).toEqual(["180 ago", "120 ago", "60 ago", "20 ago"]);
    expect(log.froms.at(-1)).toBe(ago(120).getTime());
    expect(world.lines).toContainEqual(
      expect.objectContaining({ level: "error", message: "Cannot read receipts of texts by SNS" }),
    );
  });

  test("reads one log where the other cannot be read", async () => {
    await using log = openLog([line(ago(1), "one")]);
    log.breakWhen(({ logGroupName }) => logGroupName.endsWith("/Failure"));

    expect(await log.read()).toBe("Read 1 and no lines");

    expect(await references()).toEqual(["one"]);
  });

  test("queues each line once though several workers read", async () => {
    const lines = Array.from({ length: 100 }, (_, n) => line(new Date(ago(5).getTime() + n)));
    await using log = openLog(lines, { size: 10 });

    await Promise.all([log.read(), log.read(), log.read()]);

    expect(await receipts()).toHaveLength(100);
    expect(await world.sql`select from receipt_positions`).toHaveLength(2);
  });

  test("passes over lines that are none of SNS's", async () => {
    const odd = { ...line(ago(3)), message: "REPORT" };
    await using log = openLog([odd, line(ago(2), "one")]);

    expect(await log.read()).toBe("Read 2 and 0 lines");

    expect(await references()).toEqual(["one"]);
  });

  test("stops with its worker", async () => {
    await using log = openLog([line(ago(1))]);
    const stopped = AbortSignal.abort(new Error("The worker stops"));

    await expect(log.read(now, stopped)).rejects.toThrow("The worker stops");

    expect(await receipts()).toEqual([]);
  });

  test("has nothing to do where SNS is not configured", async () => {
    const isPlanned = (each: { task: string }) => each.task === "read-sns-receipts";
    expect(world.deps.snsLog).toBeNull();
    expect(schedulesFor(world.deps).some(isPlanned)).toBe(false);
    expect(await readSnsReceipts(world.deps, never)).toBe("SNS is not configured here");
  });
});
