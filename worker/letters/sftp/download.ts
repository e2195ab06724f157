import type { Connection } from "./connect.ts";
import { SftpUnavailable } from "./sftp.ts";

/** What ssh2 asks any server for in one read. */
const pieceBytes = 31 * 1024;
/** Reads whose answers are awaited. */
const mostInFlight = 16;

interface Piece {
  position: number;
  /** Shorter than asked for at the end of the file; or where the server felt like it. */
  bytes: Buffer;
}

/** The file's bytes as they are read; it fails where there are more than `largestBytes`. */
export function download(
  { sftp, line }: Connection,
  path: string,
  largestBytes: number,
): ReadableStream<Uint8Array> {
  const inFlight: Promise<Piece>[] = [];
  let handle: Buffer | null = null;
  /** Where the next read begins. */
  let asked = 0;
  let got = 0;

  async function open(): Promise<Buffer> {
    const opened = await line.ask<Buffer>(`open ${path}`, (answer) => sftp.open(path, "r", answer));
    handle = opened;
    return opened;
  }

  async function read(from: Buffer, position: number, length: number): Promise<Piece> {
    const bytes = await line.ask<Buffer>(`read ${path}`, (answer) =>
      sftp.read(from, Buffer.allocUnsafe(length), 0, length, position, (error, count, buffer) =>
        answer(error, buffer?.subarray(0, count)),
      ),
    );
    return { position, bytes };
  }

  function readAhead(from: Buffer) {
    while (inFlight.length < mostInFlight) {
      const piece = read(from, asked, pieceBytes);
      // Those behind the one that is awaited may fail too, and it is the first that counts.
      piece.catch(() => {});
      inFlight.push(piece);
      asked += pieceBytes;
    }
  }

  async function close(): Promise<void> {
    const closing = handle;
    handle = null;
    if (closing === null) return;
    await line
      .ask<void>(`close ${path}`, (answer) => sftp.close(closing, (error) => answer(error, undefined)))
      // It was read: that its handle stays open until we leave is no matter.
      .catch(() => {});
  }

  async function next(): Promise<Buffer | null> {
    const from = handle ?? (await open());
    readAhead(from);
    const piece = await inFlight.shift();
    if (!piece || piece.bytes.length === 0) return null;
    got += piece.bytes.length;
    if (got > largestBytes) {
      throw new SftpUnavailable(`Cannot read ${path}: it is larger than ${largestBytes} bytes`);
    }
    // What was left out comes before what is awaited; at the end of the file it is nothing.
    const missing = pieceBytesOf(piece) - piece.bytes.length;
    if (missing > 0) inFlight.unshift(read(from, piece.position + piece.bytes.length, missing));
    return piece.bytes;
  }

  /** Each piece ends where a whole one would. */
  function pieceBytesOf({ position }: Piece): number {
    return pieceBytes - (position % pieceBytes);
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const bytes = await next();
          if (bytes) return controller.enqueue(bytes);
          await close();
          controller.close();
        } catch (error) {
          await close();
          throw error;
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
