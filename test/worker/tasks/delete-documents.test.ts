import { afterAll, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { documentKey } from "../../../shared/document/store.ts";
import { StorageUnavailable } from "../../../shared/storage/storage.ts";
import { deleteDocuments } from "../../../worker/tasks/delete-documents.ts";
import { type S3, startS3 } from "../../support/s3.ts";
import { openWorld, type World } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

// Of hooks, too, which may have to start Postgres.
setDefaultTimeout(60_000);

describe.each(["Postgres", "S3"])("delete-expired-documents, of files in %s", (kind) => {
  let world: World;
  let s3: S3 | null;

  beforeAll(async () => {
    s3 = kind === "S3" ? await startS3() : null;
    world = await openWorld({ worker: false, env: s3?.env ?? {} });
  });

  beforeEach(async () => {
    await world.sql`delete from documents`;
  });

  afterAll(async () => {
    await world[Symbol.asyncDispose]();
    await s3?.[Symbol.asyncDispose]();
  });

  /** Stores some that expire then, with their contents, and answers their ids. */
  async function store(count: number, expiresAt: Date): Promise<string[]> {
    const rows = await world.sql<{ id: string }[]>`
      insert into documents (id, service_id, mime_type, size, key_hash, expires_at)
      select gen_random_uuid(), ${world.service.id}, 'text/plain', 1, '\\x00', ${expiresAt}
      from generate_series(1, ${count}) returning id`;
    const ids = rows.map(({ id }) => id);
    await world.deps.storage.put(ids.map((id) => ({ key: documentKey(id), content: new Uint8Array(1) })));
    return ids;
  }

  async function left(): Promise<string[]> {
    const rows = await world.sql<{ id: string }[]>`select id from documents order by id`;
    return rows.map(({ id }) => id);
  }

  const contents = (ids: string[]) =>
    Promise.all(ids.map(async (id) => (await world.deps.storage.get(documentKey(id))) !== null));
  const past = () => new Date(Date.now() - 1000);
  const future = () => new Date(Date.now() + 60_000);

  test("deletes those whose time is over, with their contents, and no others", async () => {
    const old = await store(3, past());
    const young = await store(2, future());

    const detail = await deleteDocuments(world.deps, never);

    expect(detail).toBe("Deleted 3 expired documents");
    expect(await left()).toEqual(young.sort());
    expect([await contents(old), await contents(young)]).toEqual([
      [false, false, false],
      [true, true],
    ]);
  });

  test("deletes many, once though it runs twice at the same time", async () => {
    const old = await store(230, past());

    const details = await Promise.all([
      deleteDocuments(world.deps, never),
      deleteDocuments(world.newDeps(), never),
    ]);

    const counts = details.map((detail) => Number(/\d+/.exec(detail)?.[0]));
    expect(counts.reduce((sum, count) => sum + count)).toBe(230);
    expect(await left()).toEqual([]);
    expect((await contents(old)).some(Boolean)).toBe(false);
  });

  test("keeps the row of what it could not delete, and deletes it the next time", async () => {
    const old = await store(2, past());
    const away = {
      ...world.deps.storage,
      delete: () => Promise.reject(new StorageUnavailable("away")),
    };

    await expect(deleteDocuments(world.newDeps({ storage: away }), never)).rejects.toThrow("away");
    const kept = await left();
    await deleteDocuments(world.deps, never);

    expect(kept).toEqual(old.sort());
    expect(await left()).toEqual([]);
  });

  test("stops when its worker does", async () => {
    const old = await store(1, past());

    await expect(deleteDocuments(world.deps, AbortSignal.abort(new Error("stopping")))).rejects.toThrow(
      "stopping",
    );

    expect(await left()).toEqual(old);
  });
});
