import { raiseAlert } from "../../../shared/alert/alert.ts";
import { kindOf } from "../../../shared/letter/dvla-file-name.ts";
import { dvlaFileId, sealDvlaFile, storeDvlaFile } from "../../../shared/letter/dvla-files.ts";
import { markTaken, type SeenFile } from "../../../shared/letter/dvla-files-seen.ts";
import type { WorkerDeps } from "../../deps.ts";
import type { Sftp } from "../sftp/sftp.ts";

/** A response for more than 300,000 letters; what is larger is none. Read as a whole, so memory must hold it. */
const largestBytes = 16 * 1024 * 1024;

type Deps = Pick<WorkerDeps, "sql" | "storage" | "cipher" | "log" | "now">;

/**
 * Takes one file in: its content into storage, then its row and job in one commit. Answers whether it was new. Throws
 * `SftpUnavailable`, or what storage and database throw.
 */
export async function takeFile(
  sftp: Sftp,
  dir: string,
  file: SeenFile,
  deps: Deps,
  signal: AbortSignal,
): Promise<boolean> {
  const { sql, storage, cipher, log, now } = deps;
  const { name } = file;
  const kind = kindOf(name);
  if (file.size > largestBytes) {
    await refuse(file, deps);
    return false;
  }
  const content = await wholeOf(sftp.download(`${dir}/${name}`, largestBytes));
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const id = await dvlaFileId(name, sha256);
  // Before its row, which others act on; what dies between is taken in again under the same key.
  if (kind !== "other") await storage.put([await sealDvlaFile(cipher, id, content)], signal);
  const isNew = await sql.begin(async (tx) => {
    await markTaken(tx, file);
    return await storeDvlaFile(tx, { id, name, size: content.length, sha256, kind, foundAt: now() });
  });
  if (isNew)
    log.info({ fileId: id, file: name, kind, bytes: content.length }, "Took in a file from the printer");
  return isNew;
}

async function refuse(file: SeenFile, { sql, now }: Deps): Promise<void> {
  await sql.begin(async (tx) => {
    await markTaken(tx, file);
    await raiseAlert(tx, {
      subject: `dvla-file-too-large:${file.name}`.slice(0, 200),
      severity: "ticket",
      title: "A file from the printer is too large to be read",
      facts: { file: file.name, bytes: file.size, largest: largestBytes },
      at: now(),
    });
  });
}

async function wholeOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
