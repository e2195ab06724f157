import type { Connection } from "./connect.ts";
import { createTidier } from "./tidy.ts";

/** Every server takes 32 KiB with what goes around it (SFTP v3, section 3); ssh2 would make two writes of more. */
const pieceBytes = 31 * 1024;
/** Writes whose answers are awaited: 2 MB, enough for 65 MB/s at 30 ms and all that is held in memory. */
const mostInFlight = 64;

/**
 * Writes the stream to `path` and answers how many bytes that was. What the stream throws is thrown as it is; the
 * stream is cancelled where the server fails. What was written until then stays there.
 */
export async function upload(
  { sftp, line }: Connection,
  path: string,
  content: ReadableStream<Uint8Array>,
): Promise<number> {
  const reader = content.getReader();
  // A source that waits is not to keep us from hearing that the line has ended.
  const stopListening = line.onEnd(() => void reader.cancel().catch(() => {}));
  try {
    const handle = await line.ask<Buffer>(`create ${path}`, (answer) => sftp.open(path, "w", answer));
    const close = () =>
      line.ask<void>(`finish ${path}`, (answer) => sftp.close(handle, (error) => answer(error, undefined)));
    try {
      const written = await writeAll(reader, (piece, position) =>
        line.ask<void>(`write to ${path}`, (answer) =>
          sftp.write(handle, piece, 0, piece.length, position, (error) => answer(error, undefined)),
        ),
      );
      // This fails too where the line has ended, and the stream with it.
      await close();
      return written;
    } catch (error) {
      await close().catch(() => {});
      throw error;
    }
  } catch (error) {
    await reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    stopListening();
  }
}

/** Joins what comes in crumbs, cuts what comes in lumps. */
async function writeAll(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  write: (piece: Buffer, position: number) => Promise<void>,
): Promise<number> {
  const inFlight: Promise<void>[] = [];
  const tidy = createTidier();
  // Each is filled again once what was in it is written: ssh2 comes back for the rest where a server takes less at once.
  const free: Buffer<ArrayBuffer>[] = [];
  let crumbs = Buffer.allocUnsafe(pieceBytes);
  let crumbBytes = 0;
  let position = 0;

  const send = async (piece: Buffer, written: () => void = () => {}) => {
    const answer = write(piece, position).then(written);
    position += piece.length;
    tidy(piece.length);
    // Those behind the one that is awaited may fail too, and it is the first that counts.
    answer.catch(() => {});
    inFlight.push(answer);
    if (inFlight.length >= mostInFlight) await inFlight.shift();
  };

  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    let rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    while (rest.length > 0) {
      if (crumbBytes === 0 && rest.length >= pieceBytes) {
        await send(rest.subarray(0, pieceBytes));
        rest = rest.subarray(pieceBytes);
      } else {
        const taken = rest.copy(crumbs, crumbBytes);
        crumbBytes += taken;
        rest = rest.subarray(taken);
        if (crumbBytes === pieceBytes) {
          const full = crumbs;
          crumbs = free.pop() ?? Buffer.allocUnsafe(pieceBytes);
          crumbBytes = 0;
          await send(full, () => free.push(full));
        }
      }
    }
  }
  if (crumbBytes > 0) await send(crumbs.subarray(0, crumbBytes));
  for (const answer of inFlight) await answer;
  return position;
}
