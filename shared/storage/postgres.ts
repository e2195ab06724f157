import type { PendingQuery, Row } from "postgres";
import type { Pool } from "../database.ts";
import { inTime } from "../group.ts";
import type { Storage } from "./storage.ts";

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
      // Content comes as text either way, and Postgres's own, hexadecimal, is half as long again.
      const rows = await run(
        sql<{ key: string; content: string }[]>`
          select key, encode(content, 'base64') as content from files where key = any(${[...keys]})`,
        signal,
      );
      return new Map(rows.map(({ key, content }) => [key, Uint8Array.fromBase64(content)]));
    },
    async delete(keys, signal) {
      if (keys.length === 0) return;
      await run(sql`delete from files where key = any(${[...keys]})`, signal);
    },
  };
}

/** Ends the statement when `signal` aborts. */
async function cancellable<Rows extends readonly Row[]>(
  query: PendingQuery<Rows & Row[]>,
  signal: AbortSignal | undefined,
): Promise<Rows> {
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
