import { describe, expect, test } from "bun:test";
import { connect, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { postCallback } from "../../../worker/callbacks/post.ts";
import { startDnsServer } from "../../support/dns-server.ts";
import { validReceiver } from "../../support/receiver-certificates.ts";
import { never } from "../providers/provider-server.ts";
import { countConnections, egressOf, trustingEgressOf } from "./egress-setup.ts";

const request = { headers: {}, body: '{"id":"1"}', timeoutMs: 3000 };
const now = () => new Date();

/** An egress proxy: tunnels to `port` of this machine whatever host it is asked for, or refuses. */
async function startConnectProxy(answer: { port: number } | { refusal: string }) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", (head) => {
      asked.push(head.toString());
      if ("refusal" in answer) {
        socket.end(answer.refusal);
        return;
      }
      const onward = connect(answer.port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      sockets.add(onward);
      onward.on("error", () => {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot listen on a port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function startReceiver() {
  let told = 0;
  const server = createTlsServer(validReceiver, (socket) => {
    socket.on("error", () => {});
    socket.on("data", () => {
      told++;
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot listen on a port");
  return { port: address.port, told: () => told, [Symbol.dispose]: () => server.close() };
}

describe("an egress proxy", () => {
  test("is asked for the name, and the receiver's certificate must still be its own", async () => {
    using receiver = await startReceiver();
    using proxy = await startConnectProxy(receiver);
    await using dns = await startDnsServer(() => ["8.8.8.8"]);
    const proxyUrl = proxy.url.replace("//", "//user:secret@");
    const egress = trustingEgressOf({ dns: dns.address, proxyUrl });

    const result = await postCallback({ ...request, url: "https://receiver.test/" }, { egress, now }, never);
    const other = await postCallback({ ...request, url: "https://other.test/" }, { egress, now }, never);

    expect(result).toMatchObject({ outcome: "delivered", status: 200, address: null });
    expect(other).toMatchObject({ outcome: "failed", error: "tls" });
    expect(receiver.told()).toBe(1);
    expect(proxy.asked[0]).toStartWith("CONNECT receiver.test:443 ");
    expect(proxy.asked[0]).toContain(`Proxy-Authorization: Basic ${btoa("user:secret")}`);
  });

  test("is asked too where only it can find the name", async () => {
    using receiver = await startReceiver();
    using proxy = await startConnectProxy(receiver);
    await using dns = await startDnsServer(() => []);
    const egress = trustingEgressOf({ dns: dns.address, proxyUrl: proxy.url });

    const result = await postCallback({ ...request, url: "https://receiver.test/" }, { egress, now }, never);

    expect(result).toMatchObject({ outcome: "delivered", status: 200 });
  });

  test.each([
    "https://inside.test/",
    "https://10.0.0.1/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://localhost/",
  ])("is not asked for %s", async (url) => {
    using proxy = await startConnectProxy({ refusal: "" });
    await using dns = await startDnsServer(() => ["10.0.0.1"]);
    const egress = egressOf({ dns: dns.address, proxyUrl: proxy.url });

    const result = await postCallback({ ...request, url }, { egress, now }, never);

    expect(result).toMatchObject({ outcome: "failed", error: "blocked-address" });
    expect(proxy.asked).toEqual([]);
  });

  test("that refuses leaves a callback to be tried again", async () => {
    using proxy = await startConnectProxy({
      refusal: "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
    });
    await using dns = await startDnsServer(() => ["8.8.8.8"]);
    const egress = egressOf({ dns: dns.address, proxyUrl: proxy.url });

    const result = await postCallback({ ...request, url: "https://receiver.test/" }, { egress, now }, never);

    expect(result).toMatchObject({ outcome: "failed", status: null, error: "proxy" });
  });

  test("of the environment is not asked: callbacks have their own", async () => {
    using proxy = countConnections("127.0.0.1");
    using receiver = countConnections("127.0.0.1");
    const egress = egressOf({ allowed: "127.0.0.1" });
    const kept = { http: process.env.http_proxy, https: process.env.https_proxy };
    process.env.http_proxy = process.env.https_proxy = `http://127.0.0.1:${proxy.port}`;

    try {
      const url = `http://127.0.0.1:${receiver.port}/`;
      const result = await postCallback({ ...request, url }, { egress, now }, never);

      expect(result.outcome).toBe("delivered");
      expect([proxy.connections(), receiver.connections()]).toEqual([0, 1]);
    } finally {
      for (const [name, value] of [
        ["http_proxy", kept.http],
        ["https_proxy", kept.https],
      ] as const) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
});
