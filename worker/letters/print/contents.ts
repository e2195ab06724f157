import type { Pool } from "../../../shared/database.ts";
import type { Cipher } from "../../../shared/encryption.ts";
import { type BatchMember, type Dropped, listMembers } from "../../../shared/letter/batch-upload.ts";
import { letterKey } from "../../../shared/letter/files.ts";
import type { Storage } from "../../../shared/storage/storage.ts";
import { createZip } from "./zip.ts";

/** PDFs are read in groups of so many bytes, one group ahead of what is being sent: the memory that sending takes. */
const groupBytes = 4_000_000;
/** Rows are small, and Postgres may sort all that are left for each page of them. */
const listedAtOnce = 1000;

export interface Contents {
  sql: Pool;
  storage: Storage;
  cipher: Cipher;
}

/** What a zip held once it was read to its end. */
export interface ZipTally {
  letters: number;
  bytes: number;
  dropped: Dropped[];
}

/**
 * A batch's zip, piece by piece. A letter whose PDF is missing or not the one that was planned, or that is no longer
 * `created`, is left out and told of in `tally`, which is right once the last piece was read. Throws as `Storage` does.
 */
export async function* zipOf(
  { sql, storage, cipher }: Contents,
  batchId: string,
  tally: ZipTally,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const zip = createZip();
  const pieceOf = (piece: Uint8Array) => {
    tally.bytes += piece.length;
    return piece;
  };
  const read = (group: readonly BatchMember[]) => readGroup({ storage, cipher }, group, signal);

  let reading: ReturnType<typeof read> | null = null;
  try {
    for await (const group of groupsOf(sql, batchId, signal)) {
      const ready = reading;
      reading = read(group);
      // It may fail while the group before it is being sent.
      reading.catch(() => {});
      if (ready) yield* piecesOf(await ready);
    }
    if (reading) yield* piecesOf(await reading);
  } finally {
    await reading?.catch(() => {});
  }
  yield pieceOf(zip.end());

  function* piecesOf(letters: Awaited<ReturnType<typeof read>>): Generator<Uint8Array> {
    for (const { member, pdf, fault } of letters) {
      if (!pdf) {
        const { position, notificationId } = member;
        tally.dropped.push({ position, notificationId, reason: fault });
        continue;
      }
      yield pieceOf(zip.add({ name: member.fileName, content: pdf, modifiedAt: member.createdAt }));
      yield pieceOf(pdf);
      tally.letters++;
    }
  }
}

async function* groupsOf(sql: Pool, batchId: string, signal: AbortSignal): AsyncGenerator<BatchMember[]> {
  let after = -1;
  for (;;) {
    signal.throwIfAborted();
    const members = await listMembers(sql, { batchId, after, limit: listedAtOnce });
    let group: BatchMember[] = [];
    let bytes = 0;
    for (const member of members) {
      if (group.length > 0 && bytes + member.bytes > groupBytes) {
        yield group;
        group = [];
        bytes = 0;
      }
      group.push(member);
      bytes += member.bytes;
    }
    if (group.length > 0) yield group;
    const last = members.at(-1);
    if (!last || members.length < listedAtOnce) return;
    after = last.position;
  }
}

type Read = { member: BatchMember } & (
  | { pdf: Uint8Array<ArrayBuffer>; fault: null }
  | { pdf: null; fault: string }
);

async function readGroup(
  { storage, cipher }: Pick<Contents, "storage" | "cipher">,
  group: readonly BatchMember[],
  signal: AbortSignal,
): Promise<Read[]> {
  const printed = group.filter(({ status }) => status === "created");
  const keys = printed.map(({ notificationId }) => letterKey(notificationId, "letter"));
  const files = await storage.getMany(keys, signal);
  return await Promise.all(
    group.map(async (member): Promise<Read> => {
      const { notificationId, status, sha256 } = member;
      if (status !== "created") return { member, pdf: null, fault: `It is ${status ?? "deleted"}` };
      const key = letterKey(notificationId, "letter");
      const sealed = files.get(key);
      if (!sealed) return { member, pdf: null, fault: "Its PDF is missing" };
      const pdf = await cipher.decryptBytes(sealed, key).catch(() => null);
      if (!pdf) return { member, pdf: null, fault: "Its PDF cannot be decrypted" };
      // In place: WebCrypto's takes twice the processor's time, most of it to get there and back.
      const isPlanned = new Bun.CryptoHasher("sha256").update(pdf).digest("hex") === sha256;
      return isPlanned
        ? { member, pdf, fault: null }
        : { member, pdf: null, fault: "Its PDF is not the one that was planned" };
    }),
  );
}
