import { createSocket } from "node:dgram";
import { isIPv4 } from "node:net";

export interface DnsServer extends AsyncDisposable {
  /** `address:port`. */
  address: string;
  /** The questions in order: `A name` or `AAAA name`. */
  asked: readonly string[];
}

/** Addresses of a host, by its name and how often that type was asked for before; null for silence. */
type Zone = (name: string, times: number) => readonly string[] | null;

const typeOfA = 1;
const typeOfAaaa = 28;

/** A DNS server for as many lies as a test needs. What it answers may be kept by nobody. */
export async function startDnsServer(zone: Zone): Promise<DnsServer> {
  const asked: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (query, { address, port }) => {
    const { name, type, end } = questionOf(query);
    const question = `${type === typeOfA ? "A" : "AAAA"} ${name}`;
    const addresses = zone(name, asked.filter((before) => before === question).length);
    asked.push(question);
    if (addresses === null) return;
    const found = addresses.filter((each) => isIPv4(each) === (type === typeOfA));
    socket.send(answerTo(query.subarray(0, end), type, addresses.length > 0, found), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** The question again, then the addresses, to be kept for 0 seconds (RFC 1035, 4.1). */
function answerTo(question: Buffer, type: number, exists: boolean, addresses: readonly string[]): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(exists ? 0x8180 : 0x8183, 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8);
  const records = addresses.map((address) => {
    const bytes = type === typeOfAaaa ? bytesOfIPv6(address) : address.split(".").map(Number);
    return Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, bytes.length, ...bytes]);
  });
  return Buffer.concat([head, ...records]);
}

/** As `URL` writes it: at most one `::`, no dots. */
function bytesOfIPv6(address: string): number[] {
  const [left = "", right = ""] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (part: string) =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(left), groups(right)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 255]);
}
