import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import { postgresStorage } from "../../../shared/storage/postgres.ts";
import { type S3Config, s3Storage } from "../../../shared/storage/s3.ts";
import { type Storage, StorageUnavailable } from "../../../shared/storage/storage.ts";
import { freePort } from "../../support/free-port.ts";
import { type TestDatabase, testDatabase } from "../../support/postgres.ts";
import { type S3, startS3 } from "../../support/s3.ts";
import { until } from "../../support/until.ts";

// Of hooks, too, which may have to start Postgres.
setDefaultTimeout(60_000);

const bytes = (text: string) => new TextEncoder().encode(text);
let database: TestDatabase;
let sql: Pool;
let s3: S3;

beforeAll(async () => {
  [database, s3] = await Promise.all([testDatabase(), startS3()]);
  sql = openDatabase(database.url, { name: "test", connections: 4, statementTimeoutMs: 5000 });
});

afterAll(async () => {
  await sql.end({ timeout: 1 });
  await database[Symbol.asyncDispose]();
  await s3[Symbol.asyncDispose]();
});

function s3Config(over: Partial<S3Config> = {}): S3Config {
  const { url, region, accessKeyId, secretAccessKey } = s3;
  return { url, region, accessKeyId, secretAccessKey, timeoutMs: 5000, largestBytes: 10_000_000, ...over };
}

async function faultOf(asked: Promise<unknown>): Promise<string> {
  const fault = await asked.catch((error: unknown) => error);
  if (fault instanceof StorageUnavailable) return fault.message;
  throw new Error(`Expected the storage to be unavailable, not ${fault}`);
}

const kinds: [string, () => Storage][] = [
  ["Postgres", () => postgresStorage(sql, { timeoutMs: 5000 })],
  ["S3", () => s3Storage(s3Config())],
];

describe.each(kinds)("files in %s", (_kind, open) => {
  test("come back as they were", async () => {
    const storage = open();
    const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);

    await storage.put([{ key: "documents/every.byte", content: every }]);

    expect(await storage.get("documents/every.byte")).toEqual(every);
    expect(await storage.getMany(["documents/every.byte"])).toEqual(
      new Map([["documents/every.byte", every]]),
    );
  });

  test("are put, and deleted, several at once", async () => {
    const storage = open();
    const keys = Array.from({ length: 20 }, (_, n) => `several/${n}`);

    await storage.put(keys.map((key) => ({ key, content: bytes(key) })));
    const stored = await Promise.all(keys.map((key) => storage.get(key)));
    await storage.delete(keys.slice(1));
    const left = await Promise.all(keys.map((key) => storage.get(key)));

    expect(stored).toEqual(keys.map(bytes));
    expect(left).toEqual(keys.map((key) => (key === "several/0" ? bytes(key) : null)));
  });

  test("are read several at once, and those that are missing left out", async () => {
    const storage = open();
    const keys = Array.from({ length: 20 }, (_, n) => `together/${n}`);
    await storage.put(keys.map((key) => ({ key, content: bytes(key) })));

    const found = await storage.getMany([...keys, "together/missing"]);

    expect([...found.keys()].sort()).toEqual([...keys].sort());
    for (const key of keys) expect(found.get(key)).toEqual(bytes(key));
    expect(await storage.getMany([])).toEqual(new Map());
  });

  test("may be large, or empty", async () => {
    const storage = open();
    const large = new Uint8Array(6_000_000).fill(0x5c);

    await storage.put([
      { key: "large", content: large },
      { key: "empty", content: new Uint8Array() },
    ]);

    expect(Buffer.compare((await storage.get("large")) ?? bytes(""), large)).toBe(0);
    expect(await storage.get("empty")).toEqual(new Uint8Array());
    const together = await storage.getMany(["large", "empty"]);
    expect(Buffer.compare(together.get("large") ?? bytes(""), large)).toBe(0);
    expect(together.get("empty")).toEqual(new Uint8Array());
  });

  test("are replaced by another of that key", async () => {
    const storage = open();
    await storage.put([{ key: "twice", content: bytes("first, and longer") }]);

    await storage.put([{ key: "twice", content: bytes("second") }]);

    expect(await storage.get("twice")).toEqual(bytes("second"));
  });

  test("that are not there are null, and can be deleted", async () => {
    const storage = open();

    await storage.delete(["no/such/file", "nor-this"]);

    expect(await storage.get("no/such/file")).toBeNull();
  });

  test("may be none", async () => {
    const storage = open();

    await storage.put([]);
    await storage.delete([]);
  });

  test("are left alone once nobody waits", async () => {
    const storage = open();
    await storage.put([{ key: "kept", content: bytes("kept") }]);
    const gone = AbortSignal.abort(new Error("nobody waits"));

    await expect(storage.put([{ key: "new", content: bytes("new") }], gone)).rejects.toThrow("nobody waits");
    await expect(storage.get("kept", gone)).rejects.toThrow("nobody waits");
    await expect(storage.getMany(["kept"], gone)).rejects.toThrow("nobody waits");
    await expect(storage.delete(["kept"], gone)).rejects.toThrow("nobody waits");

    expect(await storage.get("kept")).toEqual(bytes("kept"));
    expect(await storage.get("new")).toBeNull();
  });
});

/** Nobody reads or writes files until it is disposed of. */
async function lockFiles(): Promise<AsyncDisposable> {
  const locked = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const lock = sql.begin(async (tx) => {
    await tx`lock table files`;
    locked.resolve();
    await done.promise;
  });
  await locked.promise;
  return {
    async [Symbol.asyncDispose]() {
      done.resolve();
      await lock;
    },
  };
}

async function isAnyWaiting(): Promise<boolean> {
  const waiting = await sql`
    select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return waiting.length > 0;
}

describe("postgresStorage", () => {
  test("stores all of several or none", async () => {
    const storage = postgresStorage(sql, { timeoutMs: 5000 });
    const tooLong = "x".repeat(10_000_000);

    await expect(
      storage.put([
        { key: "one-of-two", content: bytes("one") },
        { key: tooLong, content: bytes("two") },
      ]),
    ).rejects.toThrow();

    expect(await storage.get("one-of-two")).toBeNull();
  });

  const reads: [string, (storage: Storage, signal?: AbortSignal) => Promise<unknown>][] = [
    ["a file", (storage, signal) => storage.get("kept", signal)],
    ["several", (storage, signal) => storage.getMany(["kept"], signal)],
  ];

  test.each(reads)("ends the statement that reads %s when nobody waits any more", async (_what, read) => {
    const storage = postgresStorage(sql, { timeoutMs: 5000 });
    const leaving = new AbortController();
    await using _ = await lockFiles();

    const asked = read(storage, leaving.signal);
    const outcome = asked.catch((error: unknown) => error);
    await until(isAnyWaiting, "the statement waits");
    leaving.abort(new Error("nobody waits"));

    expect(await outcome).toEqual(new Error("nobody waits"));
    await until(async () => !(await isAnyWaiting()), "the statement has ended");
  });

  test.each(reads)("does not wait for ever for %s", async (_what, read) => {
    const storage = postgresStorage(sql, { timeoutMs: 50 });
    await using _ = await lockFiles();

    await expect(read(storage)).rejects.toThrow("No answer of the database in 50 ms");
  });
});

describe("s3Storage", () => {
  const refused: [string, Partial<S3Config>, string][] = [
    ["a wrong secret", { secretAccessKey: "wrong" }, "S3 answered 403 SignatureDoesNotMatch"],
    ["another region", { region: "us-east-1" }, "S3 answered 403 SignatureDoesNotMatch"],
    ["an unknown key", { accessKeyId: "nobody" }, "S3 answered 403 InvalidAccessKeyId"],
  ];
  test.each(refused)("is unavailable with %s", async (_what, over, message) => {
    const storage = s3Storage(s3Config(over));

    expect(await faultOf(storage.get("file"))).toBe(message);
    expect(await faultOf(storage.getMany(["file"]))).toBe(message);
    expect(await faultOf(storage.put([{ key: "file", content: bytes("x") }]))).toBe(message);
    expect(await faultOf(storage.delete(["file"]))).toBe(message);
  });

  test("is unavailable without its bucket, which is not a missing file", async () => {
    const storage = s3Storage(s3Config({ url: s3.url.replace("pillarbox-files", "another-bucket") }));

    expect(await faultOf(storage.get("file"))).toBe("S3 answered 404 NoSuchBucket");
  });

  test("is unavailable where nobody listens", async () => {
    const storage = s3Storage(s3Config({ url: `http://127.0.0.1:${freePort()}/bucket` }));

    expect(await faultOf(storage.get("file"))).toBe("Cannot reach S3: no connection");
  });

  const answers: [string, () => Response, string][] = [
    [
      "500",
      () => new Response("<Error><Code>InternalError</Code></Error>", { status: 500 }),
      "S3 answered 500 InternalError",
    ],
    [
      "a redirect",
      () => new Response(null, { status: 307, headers: { Location: "/" } }),
      "S3 answered 307 without an error code",
    ],
    ["more than it may", () => new Response("x".repeat(101)), "S3 answered more than 100 bytes"],
    [
      "nothing",
      () => new Response(new ReadableStream({ start: (stream) => stream.enqueue(bytes("x")) })),
      "Cannot reach S3: no answer within 1000 ms",
    ],
  ];
  test.each(answers)("is unavailable when answered %s", async (_what, answer, message) => {
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
    const storage = s3Storage(s3Config({ url: server.url.href, timeoutMs: 1000, largestBytes: 100 }));

    const fault = await faultOf(storage.get("file"));
    await server.stop(true);

    expect(fault).toBe(message);
  });

  test("takes a bucket's URL with a slash at its end", async () => {
    const storage = s3Storage(s3Config({ url: `${s3.url}/` }));

    await storage.put([{ key: "slash", content: bytes("x") }]);

    expect(await s3Storage(s3Config()).get("slash")).toEqual(bytes("x"));
    expect(s3.requests.slice(-2)).toEqual(["PUT slash", "GET slash"]);
  });

  test("gives up on a call when nobody waits any more", async () => {
    const asked = Promise.withResolvers<void>();
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => {
        asked.resolve();
        return new Promise<Response>(() => {});
      },
    });
    const leaving = new AbortController();
    const get = s3Storage(s3Config({ url: server.url.href })).get("file", leaving.signal);
    await asked.promise;

    leaving.abort(new Error("nobody waits"));

    await expect(get).rejects.toThrow("nobody waits");
    await server.stop(true);
  });
});
