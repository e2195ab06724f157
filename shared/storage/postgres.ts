import type { PendingQuery, Row } from "postgres";
import type { Pool } from "../database.ts";
import { inTime } from "../group.ts";
import type { Storage, StoredFile } from "./storage.ts";

/** Files in the table `files`: for those of some megabytes, each read and written as a whole. */
export function postgresStorage(sql: Pool, { timeoutMs }: { timeoutMs: number }): Storage {
  const run = <Rows extends readonly Row[]>(query: PendingQuery<Rows & Row[]>, signal?: AbortSignal) =>
    inTime(cancellable(query, signal), timeoutMs);

  return {
    async put(files, signal) {
      if (files.length === 0) return;
      await run(
        sql`insert into files ${sql(files, "key", "content")}
          on conflict (key) do update set content = excluded.content, created_at = now()`,
        signal,
      );
    },
    async get(key, signal) {
      const [row] = await run(
        sql<{ content: Uint8Array }[]>`select content from files where key = ${key}`,
        signal,
      );
      return row ? new Uint8Array(row.content) : null;
    },
    async getMany(keys, signal) {
      if (keys.length === 0) return new Map();
      const rows = await inTime(readBinary(sql, keys, signal), timeoutMs);
      return new Map(rows.map(({ key, content }) => [key, content]));
    },
    async delete(keys, signal) {
      if (keys.length === 0) return;
      await run(sql`delete from files where key = any(${[...keys]})`, signal);
    },
  };
}

/**
 * As bytes, where Postgres would else write twice as many digits for them to be read back: postgres.js asks for text, but
 * what the simple protocol fetches from a binary cursor comes as it is, and `raw` leaves it so.
 */
async function readBinary(
  sql: Pool,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<StoredFile[]> {
  const rows = await sql.begin(async (tx) => {
    const declared = tx`
      declare wanted binary no scroll cursor for select key, content from files where key = any(${[...keys]})`;
    await cancellable(declared, signal);
    return await cancellable(tx`fetch all from wanted`.simple().raw(), signal);
  });
  const files: StoredFile[] = [];
  for (const [key, content] of rows) {
    if (key && content) files.push({ key: decoder.decode(key), content: withoutCopy(content) });
  }
  return files;
}

const decoder = new TextDecoder();

function withoutCopy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = bytes;
  return buffer instanceof ArrayBuffer
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : new Uint8Array(bytes);
}

/** Ends the statement when `signal` aborts. */
async function cancellable<Answer>(
  query: PromiseLike<Answer> & { cancel(): void },
  signal: AbortSignal | undefined,
): Promise<Answer> {
  signal?.throwIfAborted();
  const cancel = () => query.cancel();
  signal?.addEventListener("abort", cancel);
  try {
    return await query;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}
