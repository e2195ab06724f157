import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clamd } from "../../../../worker/letters/scanner/clamd.ts";
import { openScanner } from "../../../../worker/letters/scanner/open.ts";
import { createListLog } from "../../../support/list-log.ts";
import { until } from "../../../support/until.ts";
import { never } from "../../providers/provider-server.ts";

const virus = "This is a virus of the tests, and of nothing else.";
const bytes = (text: string) => new TextEncoder().encode(text);

/** Speaks as it is told to each who connects. */
async function fakeClamd(speak: (socket: Socket, heard: () => Buffer) => void) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    const parts: Buffer[] = [];
    socket.on("data", (part) => parts.push(Buffer.from(part)));
    socket.on("error", () => {});
    speak(socket, () => Buffer.concat(parts));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const place = server.address();
  const port = typeof place === "object" && place ? place.port : 0;
  return {
    address: `tcp://127.0.0.1:${port}`,
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe("clamd's answers", () => {
  test.each([
    ["stream: OK\0", { outcome: "clean" }],
    ["stream: Eicar-Test FOUND\0", { outcome: "infected", name: "Eicar-Test" }],
    ["INSTREAM size limit exceeded. ERROR\0", { outcome: "error" }],
    ["stream: Can't allocate memory ERROR\0", { outcome: "error" }],
    ["OK\0", { outcome: "error" }],
  ])("%j", async (answer, expected) => {
    using server = await fakeClamd((socket) => socket.end(answer));

    expect(await clamd({ ...server, timeoutMs: 2000 }).scan(bytes("x"), never)).toMatchObject(expected);
  });

  test("that do not end are an error", async () => {
    using server = await fakeClamd((socket) => socket.write("x".repeat(10_000)));

    expect(await clamd({ ...server, timeoutMs: 2000 }).scan(bytes("x"), never)).toMatchObject({
      outcome: "error",
    });
  });

  test("get the file in pieces, each after its length, and a last one of none", async () => {
    const file = crypto.getRandomValues(new Uint8Array(60_000));
    const heard = Promise.withResolvers<Buffer>();
    using server = await fakeClamd((socket, all) =>
      socket.on("data", () => {
        if (!all().subarray(-4).equals(Buffer.alloc(4))) return;
        heard.resolve(all());
        socket.end("stream: OK\0");
      }),
    );

    await clamd({ ...server, timeoutMs: 2000 }).scan(file, never);

    const length = Buffer.alloc(4);
    length.writeUInt32BE(file.length);
    expect(await heard.promise).toEqual(
      Buffer.concat([Buffer.from("zINSTREAM\0"), length, file, Buffer.alloc(4)]),
    );
  });

  test("that never come, or a server that is not there, are errors", async () => {
    using silent = await fakeClamd(() => {});
    using cutting = await fakeClamd((socket) => socket.destroy());

    expect(await clamd({ ...silent, timeoutMs: 100 }).scan(bytes("x"), never)).toEqual({
      outcome: "error",
      reason: "clamd did not answer within 100 ms",
    });
    expect(await clamd({ ...cutting, timeoutMs: 2000 }).scan(bytes("x"), never)).toMatchObject({
      outcome: "error",
    });
    const nobody = { address: "unix:/nowhere/clamd.sock", timeoutMs: 2000 };
    expect(await clamd(nobody).scan(bytes("x"), never)).toMatchObject({ outcome: "error" });
  });

  test("are not waited for by a worker that stops", async () => {
    using silent = await fakeClamd(() => {});
    const stop = new AbortController();

    const scan = clamd({ ...silent, timeoutMs: 60_000 }).scan(bytes("x"), stop.signal);
    stop.abort(new Error("The worker is stopping"));

    await expect(scan).rejects.toThrow("The worker is stopping");
  });
});

test("without a scanner letters pass in development alone, which is said once", async () => {
  const { log, lines } = createListLog();
  const letters = { scanner: null } as Parameters<typeof openScanner>[0];

  expect(openScanner({ ...letters, mayGoUnscanned: false }, log)).toBeNull();
  const scanner = openScanner({ ...letters, mayGoUnscanned: true }, log);

  expect(await scanner?.scan(bytes(virus), never)).toEqual({ outcome: "clean" });
  expect(await scanner?.scan(bytes(virus), never)).toEqual({ outcome: "clean" });
  expect(lines).toHaveLength(1);
});

describe("Debian's clamd", () => {
  let folder: string;
  let daemon: Bun.Subprocess;
  let address: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "clamd-"));
    await mkdir(join(folder, "signatures"));
    const hex = Buffer.from(virus).toString("hex");
    await Bun.write(join(folder, "signatures", "own.ndb"), `Tests.Own:0:*:${hex}\n`);
    const socket = join(folder, "clamd.sock");
    await Bun.write(
      join(folder, "clamd.conf"),
      `DatabaseDirectory ${join(folder, "signatures")}
LocalSocket ${socket}
Foreground yes
StreamMaxLength 4M
`,
    );
    daemon = Bun.spawn(["clamd", "-c", join(folder, "clamd.conf")], { stdout: "ignore", stderr: "ignore" });
    address = `unix:${socket}`;
    await until(async () => {
      const scan = await clamd({ address, timeoutMs: 1000 }).scan(bytes("x"), never);
      return scan.outcome === "clean";
    }, "clamd answers");
  }, 60_000);

  afterAll(async () => {
    daemon.kill("SIGKILL");
    await daemon.exited;
    await rm(folder, { recursive: true });
  });

  test("finds the signature of the tests, and nothing elsewhere", async () => {
    const scanner = clamd({ address, timeoutMs: 10_000 });
    const large = new Uint8Array(2 * 1024 * 1024).fill(0x20);

    expect(await scanner.scan(bytes(`Dear Ms Sample, ${virus}`), never)).toEqual({
      outcome: "infected",
      name: "Tests.Own.UNOFFICIAL",
    });
    expect(await scanner.scan(bytes("Dear Ms Sample"), never)).toEqual({ outcome: "clean" });
    expect(await scanner.scan(large, never)).toEqual({ outcome: "clean" });
    expect(await scanner.scan(new Uint8Array(), never)).toEqual({ outcome: "clean" });
  });

  test("says that a file is too large, which is an error and not clean", async () => {
    const scanner = clamd({ address, timeoutMs: 10_000 });

    const scan = await scanner.scan(new Uint8Array(6 * 1024 * 1024), never);

    expect(scan.outcome).toBe("error");
  });
});
