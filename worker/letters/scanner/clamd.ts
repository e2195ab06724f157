import { connect, type Socket } from "node:net";
import type { Scan, Scanner } from "./scanner.ts";

export interface ClamdConfig {
  /** `tcp://host:port` or `unix:/path`. */
  address: string;
  /** For a whole scan. */
  timeoutMs: number;
}

/** clamd's own limit (StreamMaxLength) is 25 MB or more; a letter has 2 MB at most. */
const chunkBytes = 64 * 1024;
const longestAnswer = 4096;

/** ClamAV's daemon, by its `INSTREAM` command (clamd(8)). One connection a file. */
export function clamd({ address, timeoutMs }: ClamdConfig): Scanner {
  return {
    async scan(file, signal) {
      signal.throwIfAborted();
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      try {
        return read(await ask(address, file, limited));
      } catch (error) {
        signal.throwIfAborted();
        const reason = limited.aborted
          ? `clamd did not answer within ${timeoutMs} ms`
          : `clamd: ${codeOf(error)}`;
        return { outcome: "error", reason };
      }
    },
  };
}

async function ask(address: string, file: Uint8Array, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = open(address);
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  let answer = "";
  socket.setEncoding("latin1");
  socket.on("data", (text) => {
    answer += text;
    // clamd ends its answers with a zero, as we end our commands.
    if (answer.includes("\0")) resolve(answer.slice(0, answer.indexOf("\0")));
    else if (answer.length > longestAnswer) reject(new Error("the answer is too long"));
  });
  socket.on("end", () => (answer === "" ? reject(new Error("no answer")) : resolve(answer)));
  // What it said before it closed counts: a file over its limit is refused while we still send.
  socket.on("error", (error) => (answer === "" ? reject(error) : resolve(answer)));
  socket.on("connect", () => {
    socket.write("zINSTREAM\0");
    for (let at = 0; at < file.byteLength; at += chunkBytes) {
      const chunk = file.subarray(at, at + chunkBytes);
      socket.write(lengthOf(chunk.byteLength));
      socket.write(chunk);
    }
    socket.write(lengthOf(0));
  });
  try {
    return await promise;
  } finally {
    signal.removeEventListener("abort", abort);
    socket.destroy();
  }
}

function open(address: string): Socket {
  if (address.startsWith("unix:")) return connect({ path: address.slice("unix:".length) });
  const { hostname, port } = new URL(address);
  return connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) });
}

function lengthOf(bytes: number): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes);
  return length;
}

function read(answer: string): Scan {
  const words = answer.trim();
  if (/^stream: OK$/.test(words)) return { outcome: "clean" };
  const found = /^stream: (.+) FOUND$/.exec(words);
  if (found?.[1] !== undefined) return { outcome: "infected", name: found[1] };
  return { outcome: "error", reason: `clamd said "${words.slice(0, 200)}"` };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "cannot be reached";
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}
