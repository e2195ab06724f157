import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import type { DocumentRow } from "../../../shared/document/queries.ts";
import { createDocumentStore, documentKey, type NewDocument } from "../../../shared/document/store.ts";
import { createService } from "../../../shared/service/setup.ts";
import { postgresStorage } from "../../../shared/storage/postgres.ts";
import { type Storage, StorageUnavailable } from "../../../shared/storage/storage.ts";
import { countQueries, type QueryCounter } from "../../bench/query-counter.ts";
import { type TestDatabase, testDatabase } from "../../support/postgres.ts";

// Of hooks, too, which may have to start Postgres.
setDefaultTimeout(60_000);

const at = new Date("2026-08-01T09:30:00.000Z");
const day = 24 * 3_600_000;
let database: TestDatabase;
let counter: QueryCounter;
let pools: Pool[];
let serviceId: string;

beforeAll(async () => {
  database = await testDatabase();
  counter = countQueries(database.url);
  const options = { name: "test", connections: 5, statementTimeoutMs: 5000 };
  pools = [openDatabase(counter.url, options), openDatabase(database.url, options)];
  serviceId = await createService(pool(), {
    name: "Town Hall",
    restricted: false,
    smsSender: "TownHall",
    replyTo: null,
  });
});

afterAll(async () => {
  await Promise.all(pools.map((sql) => sql.end({ timeout: 1 })));
  counter[Symbol.dispose]();
  await database[Symbol.asyncDispose]();
});

function pool(n = 0): Pool {
  const sql = pools[n];
  if (!sql) throw new Error("There are two pools");
  return sql;
}

function openStore({ n = 0, now = at, storage }: { n?: number; now?: Date; storage?: Storage } = {}) {
  const sql = pool(n);
  return createDocumentStore({
    sql,
    storage: storage ?? postgresStorage(sql, { timeoutMs: 5000 }),
    now: () => now,
    timeoutMs: 5000,
  });
}

function newDocument(over: Partial<NewDocument> = {}): NewDocument {
  return {
    id: crypto.randomUUID(),
    serviceId,
    key: crypto.getRandomValues(new Uint8Array(32)),
    file: { bytes: new TextEncoder().encode("Hello"), filename: "a.txt", mimeType: "text/plain" },
    recipient: "ada@example.com",
    ...over,
  };
}

describe("a document", () => {
  test("is kept for a day, until its email is stored", async () => {
    const document = newDocument();
    await openStore().add([document]);

    const found = await openStore().find(document);
    const late = await openStore({ now: new Date(at.getTime() + day - 1) }).find(document);
    const gone = await openStore({ now: new Date(at.getTime() + day) }).find(document);

    expect(found).toMatchObject({
      filename: "a.txt",
      mimeType: "text/plain",
      size: 5,
    } satisfies Partial<DocumentRow>);
    expect(found?.expiresAt).toEqual(new Date(at.getTime() + day));
    expect(late).not.toBeNull();
    expect(gone).toBeNull();
    expect(await openStore().read(document)).toEqual(document.file.bytes);
  });

  test("is found by its own key only, in its own service", async () => {
    const [one, other] = [newDocument(), newDocument()];
    await openStore().add([one, other]);

    expect(await openStore().find({ ...one, key: other.key })).toBeNull();
    expect(await openStore().find({ ...one, id: other.id })).toBeNull();
    expect(await openStore().find({ ...one, serviceId: crypto.randomUUID() })).toBeNull();
  });

  test("cannot be read in another's place, nor where it was changed", async () => {
    const key = crypto.getRandomValues(new Uint8Array(32));
    const [one, other] = [newDocument({ key }), newDocument({ key })];
    await openStore().add([one, other]);

    await pool()`
      update files f set content = o.content from files o
      where f.key = ${documentKey(one.id)} and o.key = ${documentKey(other.id)}`;
    await pool()`
      update files set content = set_byte(content, 20, get_byte(content, 20) # 1) where key = ${documentKey(other.id)}`;

    await expect(openStore().read(one)).rejects.toThrow();
    await expect(openStore().read(other)).rejects.toThrow();
  });

  test("costs two statements, however many there are", async () => {
    await openStore().add([newDocument()]);
    const before = counter.count();

    await openStore().add(Array.from({ length: 50 }, () => newDocument()));

    expect(counter.count() - before).toBe(2);
  });

  test("that could not be stored goes by itself", async () => {
    const document = newDocument();
    const away: Storage = {
      put: () => Promise.reject(new StorageUnavailable("away")),
      get: async () => null,
      getMany: async () => new Map(),
      delete: async () => {},
    };

    await expect(openStore({ storage: away }).add([document])).rejects.toBeInstanceOf(StorageUnavailable);

    const [row] = await pool()`select expires_at as "expiresAt" from documents where id = ${document.id}`;
    expect(row?.expiresAt).toEqual(new Date(at.getTime() + day));
    expect(await openStore().read(document)).toBeNull();
  });

  test("has no recipient where nobody must be asked", async () => {
    const document = newDocument({ recipient: null });
    await openStore().add([document]);

    expect((await openStore().find(document))?.emailHash).toBeNull();
    expect(await openStore().isRecipient(document, "ada@example.com")).toBeNull();
  });

  test("does not show that two went to one address", async () => {
    const [one, other] = [newDocument(), newDocument()];
    await openStore().add([one, other]);

    const rows = await Promise.all([one, other].map((document) => openStore().find(document)));

    expect(rows[0]?.emailHash).toHaveLength(32);
    expect(rows[0]?.emailHash).not.toEqual(rows[1]?.emailHash);
  });

  test("looks at ten wrong addresses, though two processes ask at once", async () => {
    const document = newDocument();
    const stores = [openStore(), openStore({ n: 1 })];
    await openStore().add([document]);

    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) => stores[n % 2]?.isRecipient(document, `wrong-${n}@example.com`)),
    );
    const locked = await openStore().isRecipient(document, "ada@example.com");
    const hour = 3_600_000;
    const soon = await openStore({ now: new Date(at.getTime() + hour - 1) }).isRecipient(
      document,
      "ada@example.com",
    );
    const later = await openStore({ now: new Date(at.getTime() + hour) }).isRecipient(
      document,
      "ada@example.com",
    );

    expect(answers.filter((answer) => answer === false)).toHaveLength(10);
    expect(answers.filter((answer) => answer === null)).toHaveLength(50);
    expect([locked, soon, later]).toEqual([null, null, true]);
  });

  test("forgets wrong addresses after an hour without one", async () => {
    const document = newDocument();
    await openStore().add([document]);
    const tryAt = (ms: number) =>
      openStore({ now: new Date(at.getTime() + ms) }).isRecipient(document, "wrong@example.com");

    const first: (boolean | null)[] = [];
    for (let n = 0; n < 9; n++) first.push(await tryAt(n));
    const second: (boolean | null)[] = [];
    for (let n = 0; n < 11; n++) second.push(await tryAt(2 * 3_600_000 + n));

    expect(first).toEqual(Array(9).fill(false));
    expect(second).toEqual([...Array(10).fill(false), null]);
  });
});
