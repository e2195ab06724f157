import { describe, expect, test } from "bun:test";
import { postCallback } from "../../../worker/callbacks/post.ts";
import {
  closedUrl,
  never,
  openProvider,
  openRawProvider,
  startAnswer,
} from "../providers/provider-server.ts";

const callback = { token: "a-bearer-token", body: '{"id": "1"}', timeoutMs: 5000 };
/** For what must not answer in time. */
const hasty = { ...callback, timeoutMs: 300 };

async function timed<T>(work: Promise<T>): Promise<{ result: T; ms: number }> {
  const startedAt = performance.now();
  const result = await work;
  return { result, ms: performance.now() - startedAt };
}

describe("a callback", () => {
  test("is one POST of JSON with the service's token", async () => {
    await using server = openProvider(() => Response.json({}));

    await postCallback({ ...callback, url: `${server.url}/told?by=us` }, never);

    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: "POST", path: "/told", body: callback.body });
    expect(request?.headers.get("Authorization")).toBe("Bearer a-bearer-token");
    expect(request?.headers.get("Content-Type")).toBe("application/json");
    expect(request?.headers.get("Cookie")).toBeNull();
  });

  test.each([200, 201, 202, 204])("answered %i is delivered", async (status) => {
    await using server = openProvider(() => new Response(null, { status }));

    expect(await postCallback({ ...callback, url: server.url }, never)).toEqual({
      outcome: "delivered",
      status,
    });
  });

  test.each([429, 500, 502, 503, 504, 599])(
    "answered %i failed for now, and was asked for once",
    async (status) => {
      await using server = openProvider(
        () => new Response("no", { status, headers: { "Retry-After": "0" } }),
      );

      const result = await postCallback({ ...callback, url: server.url }, never);

      expect(result).toEqual({ outcome: "failed", reason: `Answered ${status}`, status });
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each([400, 401, 403, 404, 405, 408, 410, 413, 422])(
    "answered %i is refused for good",
    async (status) => {
      await using server = openProvider(() => new Response("no", { status }));

      const result = await postCallback({ ...callback, url: server.url }, never);

      expect(result).toEqual({ outcome: "refused", reason: `Answered ${status}`, status });
    },
  );

  test.each([300, 301, 302, 303, 304, 307, 308])(
    "answered %i is refused, and not taken elsewhere",
    async (status) => {
      await using elsewhere = openProvider(() => Response.json({}));
      await using server = openProvider(
        () => new Response(null, { status, headers: { Location: `${elsewhere.url}/stolen` } }),
      );

      const result = await postCallback({ ...callback, url: server.url }, never);

      expect(result).toEqual({
        outcome: "refused",
        reason: `Answered ${status}: redirects are not followed`,
        status,
      });
      expect(elsewhere.requests).toEqual([]);
    },
  );

  test("failed for now where nobody listens, and the reason names no address", async () => {
    const result = await postCallback({ ...callback, url: `${closedUrl()}/path?secret=1` }, never);

    expect(result).toEqual({ outcome: "failed", reason: "ECONNREFUSED", status: null });
  });

  test("failed for now where the name is unknown", async () => {
    const result = await postCallback({ ...callback, url: "http://nobody.invalid/?secret=1" }, never);

    expect(result.outcome).toBe("failed");
    expect(JSON.stringify(result)).not.toMatch(/nobody|secret/);
  });

  test.each<[string, string]>([
    ["before a byte", ""],
    ["in the headers", "HTTP/1.1 200 OK\r\nContent-"],
    ["in the body", 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"'],
    ["after nonsense", "Good day to you\r\n\r\n"],
  ])("failed for now when the connection breaks off %s, and is not repeated", async (_when, bytes) => {
    using server = openRawProvider((socket) => {
      if (bytes) socket.write(bytes);
      socket.end();
    });

    const { outcome } = await postCallback({ ...callback, url: server.url }, never);

    expect(outcome).toBe("failed");
    expect(server.requests()).toBe(1);
  });

  const silences: [string, (socket: import("bun").Socket<undefined>) => void][] = [
    ["never answers", () => {}],
    ["stops after its status", (socket) => socket.write("HTTP/1.1 200 OK\r\n")],
    ["never ends its body", (socket) => startAnswer(socket, "200 OK")],
    [
      "writes a byte now and then",
      (socket) => {
        startAnswer(socket, "200 OK");
        const drip = setInterval(() => {
          if (socket.write("x") <= 0) clearInterval(drip);
        }, 50);
        setTimeout(() => clearInterval(drip), 5000);
      },
    ],
  ];
  test.each(silences)(
    "ends at its deadline, body included, and closes the connection, when the receiver %s",
    async (_what, answer) => {
      using server = openRawProvider(answer);

      const { result, ms } = await timed(postCallback({ ...hasty, url: server.url }, never));
      await server.closed;

      expect(result).toEqual({ outcome: "failed", reason: "No answer in 300 ms", status: null });
      expect(ms).toBeGreaterThan(250);
      expect(ms).toBeLessThan(2000);
    },
  );

  test("counts by its status when the body is endless, of which little is read", async () => {
    let sent = 0;
    const chunk = new Uint8Array(16 * 1024);
    await using server = openProvider(
      () =>
        new Response(
          new ReadableStream({
            async pull(controller) {
              sent += chunk.length;
              controller.enqueue(chunk);
              // A turn of the event loop, so that the other side can read.
              await new Promise((resolve) => setImmediate(resolve));
            },
          }),
        ),
    );

    const { result, ms } = await timed(postCallback({ ...callback, url: server.url }, never));

    expect(result).toEqual({ outcome: "delivered", status: 200 });
    expect(ms).toBeLessThan(2000);
    expect(sent).toBeLessThan(16 * 1024 * 1024);
  });

  test("is not worth another attempt because a failing receiver's body is endless", async () => {
    const chunk = new Uint8Array(16 * 1024);
    await using server = openProvider(() => {
      const pull = async (controller: ReadableStreamDefaultController) => {
        controller.enqueue(chunk);
        await new Promise((resolve) => setImmediate(resolve));
      };
      return new Response(new ReadableStream({ pull }), { status: 404 });
    });

    expect(await postCallback({ ...callback, url: server.url }, never)).toEqual({
      outcome: "refused",
      reason: "Answered 404",
      status: 404,
    });
  });

  test("is thrown out of when the worker stops: nobody decided anything", async () => {
    using server = openRawProvider(() => {});
    const stop = new AbortController();
    const result = postCallback({ ...callback, url: server.url }, stop.signal);
    await server.received;

    stop.abort(new Error("The worker is stopping"));

    await expect(result).rejects.toThrow("The worker is stopping");
  });

  test("takes user and password of the address for nothing", async () => {
    await using server = openProvider(() => Response.json({}));
    const url = server.url.replace("//", "//user:secret@");

    const result = await postCallback({ ...callback, url }, never);

    expect(result).toEqual({ outcome: "delivered", status: 200 });
    expect(server.requests[0]?.headers.get("Authorization")).toBe("Bearer a-bearer-token");
  });
});
