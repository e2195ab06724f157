import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmod, mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { NotifyClient } from "notifications-node-client";
import { until } from "../../chaos/until.ts";
import { freePort } from "../../support/free-port.ts";
import { type TestDatabase, testDatabase } from "../../support/postgres.ts";
import { type Folder, temporaryFolder } from "./folder.ts";
import { mainCommand, ordinaryUser, type Run, run, untilGone } from "./run.ts";
import { untilListed } from "./sandbox-messages.ts";

setDefaultTimeout(120_000);

let folder: Folder;
let database: TestDatabase;
beforeAll(async () => {
  folder = await temporaryFolder();
  database = await testDatabase();
});
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

let count = 0;
function newDataDir(): string {
  return join(folder.path, `data-${count++}`);
}

/** What it said on standard error when it ended with exit code 1: one line. */
async function faultOf(started: Run): Promise<string> {
  const code = await started.exited;
  const lines = started.stderr().split("\n");
  expect({ code, lines }).toEqual({ code: 1, lines: [expect.stringMatching(/^Cannot /), ""] });
  expect(started.stdout()).not.toContain("ready");
  return lines[0] ?? "";
}

/** Starts and fails on a data folder of its own, or that given. */
async function faultWith(
  env: Record<string, string | undefined>,
  dataDir: string = newDataDir(),
): Promise<string> {
  await using started = run({ dataDir, env, command: mainCommand });
  return await faultOf(started);
}

describe("bun start says in one line", () => {
  test.each(["API_PORT", "SANDBOX_PORT", "WORKER_METRICS_PORT"])(
    "that a port is in use: %s",
    async (setting) => {
      using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });

      const fault = await faultWith({ [setting]: `${listener.port}` });

      expect(fault).toBe(`Cannot start: port ${listener.port} is in use; choose another with ${setting}`);
    },
  );

  test.each([
    ["http", 'Cannot start: API_PORT must be a port number, not "http"'],
    ["0", 'Cannot start: API_PORT must be a port number, not "0"'],
    ["65536", 'Cannot start: API_PORT must be a port number, not "65536"'],
    ["1500.5", 'Cannot start: API_PORT must be a port number, not "1500.5"'],
  ])("that %s is no port", async (port, says) => {
    expect(await faultWith({ API_PORT: port })).toBe(says);
  });

  test("that two ports are the same", async () => {
    const port = `${freePort()}`;

    const fault = await faultWith({ SANDBOX_PORT: port, WORKER_METRICS_PORT: port });

    expect(fault).toBe(`Cannot start: SANDBOX_PORT and WORKER_METRICS_PORT are both ${port}`);
  });

  test("what is wrong with DATABASE_URL, without the password", async () => {
    const closed = freePort();
    const wrong = new URL(database.url);
    wrong.password = "wrong";
    const missing = new URL(database.url);
    missing.pathname = "/nowhere";

    const notOne = await faultWith({ DATABASE_URL: "db.example:hunter2" });
    const unparsable = await faultWith({ DATABASE_URL: "postgres://user:hunter2@db:port/name" });
    const nobody = await faultWith({ DATABASE_URL: `postgres://user:hunter2@127.0.0.1:${closed}/name` });
    const refused = await faultWith({ DATABASE_URL: wrong.href });
    const absent = await faultWith({ DATABASE_URL: missing.href });

    expect(notOne).toBe("Cannot migrate: DATABASE_URL is not a postgres:// URL");
    expect(unparsable).toBe("Cannot migrate: DATABASE_URL is not a postgres:// URL");
    expect(nobody).toStartWith(`Cannot migrate: no connection to 127.0.0.1:${closed}: `);
    // A server of the developer's own may trust whoever asks.
    if (!process.env.DATABASE_URL) expect(refused).toContain("password authentication failed");
    expect(absent).toEndWith('database "nowhere" does not exist');
    expect([notOne, unparsable, nobody, refused].join("\n")).not.toMatch(/hunter2|:wrong@/);
  });

  test("that a setting of the API or the worker is wrong", async () => {
    const fault = await faultWith({ DATABASE_URL: database.url, LOG_LEVEL: "loud", WORKER_POOL: "many" });

    expect(fault).toBe(
      "Cannot read the environment: LOG_LEVEL: must be one of debug, info, warn, error; " +
        "WORKER_POOL: must be a whole number, at least 1",
    );
  });

  test("that the data folder cannot be made", async () => {
    const file = newDataDir();
    await writeFile(file, "");
    const below = join(file, "data");

    expect(await faultWith({}, file)).toStartWith(`Cannot start: ${file} cannot be made: `);
    expect(await faultWith({}, below)).toStartWith(`Cannot start: ${below} cannot be made: `);
  });

  test.skipIf(ordinaryUser === null)("that the data folder is not ours to write to", async () => {
    const closed = newDataDir();
    await mkdir(closed);
    await chmod(closed, 0o555);

    await using started = run({ dataDir: closed, command: [...(ordinaryUser ?? []), ...mainCommand] });

    expect(await faultOf(started)).toStartWith(`Cannot start: ${closed}/start.lock cannot be locked: `);
  });

  test("that what stands where Postgres should keep its data is something else", async () => {
    const dataDir = newDataDir();
    await mkdir(join(dataDir, "postgres"), { recursive: true });
    await writeFile(join(dataDir, "postgres", "holiday.jpg"), "");

    const fault = await faultWith({}, dataDir);

    expect(fault).toBe(
      `Cannot use ${dataDir}/postgres: it is not empty, and not a finished Postgres data folder; ` +
        "remove it to start afresh",
    );
    expect(await readdir(join(dataDir, "postgres"))).toEqual(["holiday.jpg"]);
  });

  test("that the API or the worker ended, and where its log is", async () => {
    const dataDir = newDataDir();

    const fault = await faultWith({ DATABASE_URL: database.url, WORKER_CONCURRENCY: "no-queue=1" }, dataDir);

    expect(fault).toBe(`Cannot start: the worker ended with exit code 1; see ${dataDir}/worker.log`);
    expect(await Bun.file(join(dataDir, "worker.log")).text()).toContain("no-queue");
  });

  test("how it is used, to who asks and to who errs", async () => {
    const options = { dataDir: newDataDir() };
    await using asked = run({ ...options, command: [process.execPath, "run", "start", "--help"] });
    await using erred = run({ ...options, command: [...mainCommand, "--prot", "80"] });

    expect([await asked.exited, await erred.exited]).toEqual([0, 2]);
    expect(asked.stdout()).toStartWith("Usage: bun start");
    expect(erred.stderr()).toStartWith("Cannot start: Unknown option '--prot'\n\nUsage: bun start");
    expect(await Bun.file(join(options.dataDir, "start.lock")).exists()).toBe(false);
  });
});

describe("encryption keys", () => {
  let dataDir: string;
  let own: TestDatabase;
  const keysFile = () => join(dataDir, "encryption-keys");
  const otherKey = `demo:${Buffer.alloc(32, 9).toString("base64")}`;

  beforeAll(async () => {
    dataDir = newDataDir();
    own = await testDatabase();
    await startAndStop();
  });
  afterAll(() => own[Symbol.asyncDispose]());

  async function startAndStop(env: Record<string, string> = {}): Promise<void> {
    await using started = run({ dataDir, env: { DATABASE_URL: own.url, ...env }, command: mainCommand });
    await started.untilReady();
    started.interrupt();
    expect(await started.exited).toBe(0);
  }

  test("that were lost while the database was kept are missed, not replaced", async () => {
    await rename(keysFile(), `${keysFile()}.away`);

    const fault = await faultWith({ DATABASE_URL: own.url }, dataDir);
    const replaced = await Bun.file(keysFile()).exists();
    await rename(`${keysFile()}.away`, keysFile());

    expect(fault).toBe(
      `Cannot start: ${keysFile()} is missing, which opens what the database holds; ` +
        "put it back, or give an empty database",
    );
    expect(replaced).toBe(false);
    await startAndStop();
  });

  test("that are not those of the database are refused", async () => {
    const kept = await Bun.file(keysFile()).text();
    await writeFile(keysFile(), otherKey);
    const swapped = await faultWith({ DATABASE_URL: own.url }, dataDir);
    await writeFile(keysFile(), "junk");
    const junk = await faultWith({ DATABASE_URL: own.url }, dataDir);
    await writeFile(keysFile(), kept);
    const given = await faultWith({ DATABASE_URL: own.url, ENCRYPTION_KEYS: otherKey }, dataDir);

    const why = "does not open what the database holds; put back the one that did, or give an empty database";
    expect(swapped).toBe(`Cannot start: ${keysFile()} ${why}`);
    expect(junk).toStartWith(`Cannot start: ${keysFile()} must hold id:key[,id:key]`);
    expect(given).toBe(`Cannot start: ENCRYPTION_KEYS ${why}`);
  });

  test("may be several, while they are changed over", async () => {
    const kept = (await Bun.file(keysFile()).text()).trim();
    await writeFile(keysFile(), `new:${Buffer.alloc(32, 9).toString("base64")},${kept}\n`);

    await startAndStop();
  });
});

describe("a start that is killed", () => {
  test("while Postgres' data folder was being made leaves nothing in the way of the next", async () => {
    const dataDir = newDataDir();
    await using killed = run({ dataDir, command: mainCommand });
    const drafts = async () =>
      (await readdir(dataDir).catch(() => [])).filter((name) => name.startsWith("postgres.draft-"));
    await until(async () => (await drafts()).length > 0, {
      what: "The folder is being made",
      timeoutMs: 20_000,
      everyMs: 2,
    });
    process.kill(killed.pid, "SIGKILL");
    await killed.exited;
    const left = await drafts();

    await using next = run({ dataDir, command: mainCommand });
    await next.untilReady();
    next.interrupt();

    expect(left).toHaveLength(1);
    expect(await next.exited).toBe(0);
    expect(await drafts()).not.toContain(left[0]);
  });
});

describe("a second Ctrl-C", () => {
  test("ends it at once, though a provider keeps the worker waiting, and nothing is left", async () => {
    const dataDir = newDataDir();
    await using own = await testDatabase();
    await using started = run({
      dataDir,
      command: mainCommand,
      env: { DATABASE_URL: own.url, WORKER_STOP_MS: "60000", SMS_TIMEOUT_MS: "60000" },
    });
    const { sandbox_url, api_url, api_keys, templates } = await started.untilReady();
    for (const provider of ["mmg", "firetext"]) {
      const fault = JSON.stringify({ provider, accept_without_answer: true, hang: true });
      await fetch(`${sandbox_url}/faults`, { method: "POST", body: fault });
    }
    const client = new NotifyClient(api_url, api_keys.normal);
    const personalisation = { name: "Ada", day: "Monday", time: "9am" };
    await client.sendSms(templates.sms, "07700900123", { personalisation });
    await untilListed(sandbox_url, "sms", "447700900123");
    const codes: number[] = [];
    void started.exited.then((code) => codes.push(code));

    started.interrupt();
    await started.untilSaid("Stopping");
    const startedAt = performance.now();
    await until(
      () => {
        started.interrupt();
        return codes.length > 0;
      },
      { what: "It ends", timeoutMs: 60_000 },
    );

    // Those that came in the first second were taken for the same Ctrl-C.
    expect(performance.now() - startedAt).toBeGreaterThan(900);
    expect(codes).toEqual([1]);
    await untilGone(dataDir);
  });
});
