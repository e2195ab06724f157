import type { Db } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { derivedId } from "../queue/derived-id.ts";
import { type NewJob, toRow } from "../queue/enqueue.ts";
import type { Storage, StoredFile } from "../storage/storage.ts";
import type { DvlaFileKind } from "./dvla-file-name.ts";

/*
 * Files that the printer wrote. Each content of each name is taken in once; it is kept, encrypted, so that it can be
 * read again whatever the printer does with its own.
 */

export interface NewDvlaFile {
  id: string;
  name: string;
  /** Bytes. */
  size: number;
  sha256: Uint8Array;
  kind: DvlaFileKind;
  foundAt: Date;
}

export interface DvlaFile {
  id: string;
  name: string;
  kind: DvlaFileKind;
  foundAt: Date;
  /** Null while it waits. */
  processedAt: Date | null;
  /** The name of a response file that was read before and holds the same. */
  copyOf: string | null;
}

/** Of a file taken in twice at once, both takers say the same id. */
export async function dvlaFileId(name: string, sha256: Uint8Array): Promise<string> {
  const hex = Array.from(sha256, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return await derivedId(`dvla file ${name} ${hex}`);
}

/** The job that reads it. All have one group: one file is read at a time, over all workers. */
export function dvlaFileJob(fileId: string, only?: "statuses" | "counts"): NewJob<"process-dvla-file"> {
  return { name: "process-dvla-file", data: { fileId, only }, groupId: dvlaFiles };
}

const dvlaFiles = "8b1f6a52-6f5e-4f0e-9a53-0d1f3c0b7a11";

/**
 * Notes a file whose content is stored, and queues reading it, in one statement; what is of another kind waits for
 * nothing. False where it was noted before.
 */
export async function storeDvlaFile(db: Db, file: NewDvlaFile): Promise<boolean> {
  const { id, name, size, sha256, kind, foundAt } = file;
  const processedAt = kind === "other" ? foundAt : null;
  const jobs = kind === "other" ? [] : [toRow(dvlaFileJob(id))];
  const rows = await db`
    with stored as (
      insert into dvla_files (id, name, size, sha256, kind, found_at, processed_at)
      values (${id}, ${name}, ${size}, ${sha256}, ${kind}, ${foundAt}, ${processedAt})
      on conflict do nothing returning id
    ), queued as (
      select enqueue_jobs(${JSON.stringify(jobs)}::text::json) from stored
    )
    select id from stored left join queued on true`;
  return rows.length > 0;
}

/** Null where there is none. */
export async function findDvlaFile(db: Db, id: string): Promise<DvlaFile | null> {
  const [file] = await db<DvlaFile[]>`
    select f.id, f.name, f.kind, f.found_at as "foundAt", f.processed_at as "processedAt", (
      select o.name from dvla_files o
      where o.sha256 = f.sha256 and o.kind = 'response' and f.kind = 'response' and o.size > 0 and o.id <> f.id
        and coalesce(o.outcome->'statuses', o.outcome->'counts') is not null
      order by o.found_at, o.id limit 1
    ) as "copyOf"
    from dvla_files f where f.id = ${id}`;
  return file ?? null;
}

/** For whoever looks at a large file while it is read. */
export async function noteProgress(db: Db, id: string, lines: number): Promise<void> {
  await db`
    update dvla_files set outcome = coalesce(outcome, '{}') || jsonb_build_object('lines_read', ${lines}::int)
    where id = ${id} and processed_at is null`;
}

/** Adds to the outcome and ends the reading. False where another worker had ended it. */
export async function markProcessed(
  db: Db,
  id: string,
  { outcome, at }: { outcome: object; at: Date },
): Promise<boolean> {
  const { count } = await db`
    update dvla_files set processed_at = ${at},
      outcome = coalesce(outcome, '{}') - 'lines_read' || ${JSON.stringify(outcome)}::text::jsonb
    where id = ${id} and processed_at is null`;
  return count > 0;
}

/** What a file is kept under. */
export function dvlaFileKey(id: string): string {
  return `dvla/${id}`;
}

/** As it is stored. */
export async function sealDvlaFile(
  cipher: Cipher,
  id: string,
  content: Uint8Array<ArrayBuffer>,
): Promise<StoredFile> {
  const key = dvlaFileKey(id);
  return { key, content: await cipher.encryptBytes(content, key) };
}

/** Null where it is not there. Throws as `Storage.get` does, and where it does not decrypt. */
export async function readDvlaFile(
  { storage, cipher }: { storage: Storage; cipher: Cipher },
  id: string,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const key = dvlaFileKey(id);
  const sealed = await storage.get(key, signal);
  return sealed && (await cipher.decryptBytes(sealed, key));
}
