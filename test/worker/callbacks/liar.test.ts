import { afterEach, describe, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { type CallbackResult, postCallback } from "../../../worker/callbacks/post.ts";
import { startDnsServer } from "../../support/dns-server.ts";
import { expiredReceiver, validReceiver } from "../../support/receiver-certificates.ts";
import { egressOf, trustingEgressOf } from "../egress/egress-setup.ts";
import { never } from "../providers/provider-server.ts";

type Lie = (socket: Socket) => void;

/** For what must not end before it. */
const shortMs = 400;
/** For what ends by itself, on a busy machine too. */
const longMs = 5000;
const request = { headers: { Authorization: "Bearer secret" }, body: '{"id":"1"}' };
const now = () => new Date();
const kilobytes64 = "a".repeat(65_536);

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** Opens a server until the test ends, and answers its port. */
async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endings.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot listen on a port");
  return address.port;
}

/** Waits for a request, or the first byte of one. */
function telling(lie: Lie): Lie {
  return (socket) => {
    socket.on("error", () => {});
    socket.once("data", () => lie(socket));
  };
}

/** Says the same again and again as fast as it is read, for as long as somebody reads. */
function endlessly(first: string, again: string): Lie {
  return (socket) => {
    socket.write(first);
    const more = () => {
      if (socket.writable) socket.write(again, () => setImmediate(more));
    };
    more();
  };
}

/** One byte at a time, a few of them within the deadline. */
function slowly(first: string, byte: string): Lie {
  return (socket) => {
    socket.write(first);
    const timer = setInterval(() => socket.write(byte), 60);
    socket.on("close", () => clearInterval(timer));
  };
}

const say = (text: string): Lie => {
  return (socket) => socket.end(text, "latin1");
};
const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

const delivered = { outcome: "delivered", status: 200, error: null, reason: null } as const;
const failed = (error: CallbackResult["error"]) => ({ outcome: "failed", status: null, error }) as const;
const late = { ...failed("timeout"), reason: `No answer in ${shortMs} ms` };

const lies: [what: string, lie: Lie, result: Partial<CallbackResult>][] = [
  ["says nothing", () => {}, late],
  ["sends its status slowly", slowly("", "H"), late],
  ["sends its headers slowly", slowly("HTTP/1.1 200 OK\r\nX: ", "a"), late],
  ["stops within its headers", (socket) => socket.write("HTTP/1.1 200 OK\r\nX: a\r\n"), late],
  ["sends its body slowly", slowly("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "a"), late],
  ["sends its body slowly, in chunks", slowly(chunked, "1\r\na\r\n"), late],
  ["stops within its body", (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na"), late],
  ["never ends a chunk's extension", endlessly(`${chunked}5;a=`, kilobytes64), late],
  ["never ends its trailers", endlessly(`${chunked}0\r\n`, "a: b\r\n".repeat(1000)), late],
  ["says Continue for ever", endlessly("", "HTTP/1.1 100 Continue\r\n\r\n".repeat(100)), late],
  // Of its endless body 64 KiB are read.
  ["never ends its body", endlessly("HTTP/1.1 200 OK\r\n\r\n", kilobytes64), delivered],
  ["never ends its chunks", endlessly(chunked, `10000\r\n${kilobytes64}\r\n`), delivered],
  [
    "announces a huge body",
    endlessly("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", kilobytes64),
    delivered,
  ],
  [
    "fails with an endless body",
    endlessly("HTTP/1.1 500 No\r\n\r\n", kilobytes64),
    { outcome: "failed", status: 500 },
  ],
  // What Bun bounds by itself: 256 headers, and about 1 MiB of them.
  ["never ends a header", endlessly("HTTP/1.1 200 OK\r\nX: ", kilobytes64), failed("too-large")],
  ["never ends its headers", endlessly("HTTP/1.1 200 OK\r\n", "a: b\r\n".repeat(1000)), failed("protocol")],
  [
    "sends 2 MiB of headers",
    say(`HTTP/1.1 200 OK\r\nX: ${kilobytes64.repeat(32)}\r\n\r\n`),
    failed("too-large"),
  ],
  ["sends 20 KiB of headers", say(`HTTP/1.1 200 OK\r\nX: ${"a".repeat(20_480)}\r\n\r\n`), delivered],
  ["closes at once", (socket) => socket.end(), failed("reset")],
  ["resets at once", (socket) => socket.resetAndDestroy(), failed("reset")],
  ["closes within its status", say("HTTP/1.1 20"), failed("reset")],
  ["closes within its headers", say("HTTP/1.1 200 OK\r\nContent-"), failed("reset")],
  ["closes within its body", say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na"), failed("reset")],
  ["closes within its chunks", say(`${chunked}5\r\nab`), failed("reset")],
  ["speaks HTTP/1.0", say("HTTP/1.0 200 OK\r\n\r\nhello"), { ...delivered, excerpt: "hello" }],
  ["speaks HTTP/1.0 with a length", say("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"), delivered],
  ["says Continue first", say(`HTTP/1.1 100 Continue\r\n\r\n${ok}`), delivered],
  ["gives hints first", say(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok}`), delivered],
  [
    "switches protocols unasked",
    say("HTTP/1.1 101 Go\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
    failed("protocol"),
  ],
  [
    "answers 204 with a body",
    say("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello"),
    { ...delivered, status: 204, excerpt: "" },
  ],
  [
    "answers 304 with a body",
    say("HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\nhello"),
    { outcome: "refused", status: 304 },
  ],
  ["sends another answer after the first", say(ok + ok), delivered],
  ["says something like mail", say("220 mail.example ESMTP\r\n"), failed("protocol")],
  [
    "sends bytes",
    say(String.fromCharCode(...Array.from({ length: 5000 }, (_, n) => (n * 7) & 255))),
    failed("protocol"),
  ],
  ["babbles for ever", endlessly("", kilobytes64), failed("protocol")],
  [
    "names two lengths",
    say(`HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 2\r\n\r\nok`),
    failed("protocol"),
  ],
  [
    "names a length below nothing",
    say("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok"),
    failed("protocol"),
  ],
  ["names an impossible chunk", say(`${chunked}FFFFFFFFFFFFFFFFF\r\n`), failed("protocol")],
  ["answers with status 000", say("HTTP/1.1 000 Eh\r\nContent-Length: 0\r\n\r\n"), failed("protocol")],
  ["answers with status 999", say("HTTP/1.1 999 Eh\r\nContent-Length: 0\r\n\r\n"), failed("protocol")],
  [
    "packs its answer",
    say("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"),
    { ...delivered, excerpt: "nope" },
  ],
  ["sets cookies", say("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"), delivered],
  [
    "sends NULs",
    say("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na\u0000b"),
    { ...delivered, excerpt: "a\u0000b" },
  ],
  [
    "sends 2 KiB of text",
    say(`HTTP/1.1 200 OK\r\nContent-Length: 2048\r\n\r\n${"a".repeat(2048)}`),
    { ...delivered, excerpt: "a".repeat(1024) },
  ],
];

describe("a receiver that", () => {
  test.each(lies)("%s", async (_what, lie, result) => {
    const port = await listen(createServer(telling(lie)));
    const egress = egressOf({ allowed: "127.0.0.1" });
    const timeoutMs = result === late ? shortMs : longMs;
    const startedAt = performance.now();

    const url = `http://127.0.0.1:${port}/`;
    const told = await postCallback({ ...request, url, timeoutMs }, { egress, now }, never);

    expect(told).toMatchObject({ ...result, address: "127.0.0.1" });
    expect(performance.now() - startedAt).toBeLessThan(timeoutMs + 5000);
  });

  test("lies in all these ways at once, many times, costs little memory", async () => {
    const ports = await Promise.all(lies.map(([, lie]) => listen(createServer(telling(lie)))));
    const egress = egressOf({ allowed: "127.0.0.1" });
    Bun.gc(true);
    const before = process.memoryUsage().rss;

    const urls = [...ports, ...ports, ...ports].map((port) => `http://127.0.0.1:${port}/`);
    const results = await Promise.all(
      urls.map((url) => postCallback({ ...request, url, timeoutMs: shortMs }, { egress, now }, never)),
    );

    expect(results).toHaveLength(3 * lies.length);
    // The liars live in this process too and hold what they could not yet send.
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });
});

describe("over TLS, a receiver", () => {
  const talk = telling((socket) => socket.end(ok));
  const secure = (certificate: { cert: string; key: string }) => createTlsServer(certificate, talk);
  const cases: [what: string, server: () => Server, host: string, result: Partial<CallbackResult>][] = [
    ["with its name in its certificate is told", () => secure(validReceiver), "receiver.test", delivered],
    ["with another name is not", () => secure(validReceiver), "other.test", failed("tls")],
    ["with a name and called by its address is not", () => secure(validReceiver), "127.0.0.1", failed("tls")],
    ["whose certificate has expired is not", () => secure(expiredReceiver), "receiver.test", failed("tls")],
    ["that speaks plain HTTP is not", () => createServer(telling(say(ok))), "receiver.test", failed("tls")],
    ["that says nothing is not", () => createServer(() => {}), "receiver.test", late],
    [
      "that closes within the handshake is not",
      () => createServer(telling((socket) => socket.end())),
      "receiver.test",
      failed("reset"),
    ],
  ];
  test.each(cases)("%s", async (_what, server, host, result) => {
    await using dns = await startDnsServer(() => ["127.0.0.1"]);
    const port = await listen(server());
    const timeoutMs = result === late ? shortMs : longMs;
    const egress = trustingEgressOf({ allowed: "127.0.0.1", dns: dns.address });

    const url = `https://${host}:${port}/`;
    const told = await postCallback({ ...request, url, timeoutMs }, { egress, now }, never);

    expect(told).toMatchObject({ ...result, address: "127.0.0.1" });
  });

  test("whose certificate nobody vouches for is not, whatever NODE_TLS_REJECT_UNAUTHORIZED says", async () => {
    await using dns = await startDnsServer(() => ["127.0.0.1"]);
    const port = await listen(secure(validReceiver));
    const egress = egressOf({ allowed: "127.0.0.1", dns: dns.address });
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";

    try {
      const url = `https://receiver.test:${port}/`;
      const told = await postCallback({ ...request, url, timeoutMs: longMs }, { egress, now }, never);

      expect(told).toMatchObject(failed("tls"));
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  test("hears its own name, and keeps its connection for the next callback, but for no other name", async () => {
    await using dns = await startDnsServer(() => ["127.0.0.1"]);
    const heard: { connection: number; host: string; serverName: unknown }[] = [];
    let connections = 0;
    const server = createTlsServer(validReceiver, (socket) => {
      const connection = ++connections;
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        const host = /^host: (.*?):\d+\r$/im.exec(bytes.toString())?.[1] ?? "";
        heard.push({ connection, host, serverName: socket.servername });
        socket.write(ok);
      });
    });
    const port = await listen(server);
    const egress = trustingEgressOf({ allowed: "127.0.0.1", dns: dns.address });
    const call = (host: string) => {
      const url = `https://${host}:${port}/`;
      return postCallback({ ...request, url, timeoutMs: longMs }, { egress, now }, never);
    };

    await call("receiver.test");
    await call("RECEIVER.test.");
    const other = await call("other.test");
    await call("receiver.test");

    const once = { connection: 1, host: "receiver.test", serverName: "receiver.test" };
    expect(heard).toEqual([once, once, once]);
    expect(other).toMatchObject(failed("tls"));
  });
});
