import { describe, expect, test } from "bun:test";
import { type CallbackResult, postCallback } from "../../../worker/callbacks/post.ts";
import { egressOf } from "../egress/egress-setup.ts";
import {
  closedUrl,
  never,
  openProvider,
  openRawProvider,
  startAnswer,
} from "../providers/provider-server.ts";

const callback = {
  headers: { Authorization: "Bearer a-bearer-token", "webhook-id": "an-id" },
  body: '{"id": "1"}',
  timeoutMs: 5000,
};
const deps = {
  egress: egressOf({ allowed: "127.0.0.1" }),
  now: () => new Date("2026-11-21T10:00:00Z"),
};

/** What comes of an answer in whole. */
function answered(outcome: CallbackResult["outcome"], status: number, over: Partial<CallbackResult> = {}) {
  const reason = outcome === "delivered" ? null : `Answered ${status}`;
  const rest = { error: null, reason, address: "127.0.0.1", retryAfterSeconds: null, excerpt: "" };
  return { outcome, status, ...rest, ...over };
}

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

    await postCallback({ ...callback, url: `${server.url}/told?by=us` }, deps, never);

    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: "POST", path: "/told", body: callback.body });
    expect(request?.headers.get("Authorization")).toBe("Bearer a-bearer-token");
    expect(request?.headers.get("Content-Type")).toBe("application/json");
    expect(request?.headers.get("webhook-id")).toBe("an-id");
    expect(request?.headers.get("Host")).toBe(new URL(server.url).host);
    expect(request?.headers.get("Cookie")).toBeNull();
  });

  test.each([200, 201, 202, 204])("answered %i is delivered", async (status) => {
    await using server = openProvider(() => new Response(null, { status }));

    expect(await postCallback({ ...callback, url: server.url }, deps, never)).toEqual(
      answered("delivered", status),
    );
  });

  test.each([408, 429, 500, 502, 503, 504, 599])(
    "answered %i failed for now, and was asked for once",
    async (status) => {
      await using server = openProvider(
        () => new Response("no", { status, headers: { "Retry-After": "30" } }),
      );

      const result = await postCallback({ ...callback, url: server.url }, deps, never);

      expect(result).toEqual(answered("failed", status, { retryAfterSeconds: 30, excerpt: "no" }));
      expect(server.requests).toHaveLength(1);
    },
  );

  test.each([400, 401, 403, 404, 405, 409, 413, 422])("answered %i is refused for good", async (status) => {
    await using server = openProvider(() => new Response("no", { status }));

    const result = await postCallback({ ...callback, url: server.url }, deps, never);

    expect(result).toEqual(answered("refused", status, { excerpt: "no" }));
  });

  test("answered 410 says that the receiver is gone", async () => {
    await using server = openProvider(() => new Response("gone", { status: 410 }));

    const result = await postCallback({ ...callback, url: server.url }, deps, never);

    expect(result).toEqual(answered("gone", 410, { excerpt: "gone" }));
  });

  test.each([300, 301, 302, 303, 304, 307, 308])(
    "answered %i is refused, and not taken elsewhere",
    async (status) => {
      await using elsewhere = openProvider(() => Response.json({}));
      await using server = openProvider(
        () => new Response(null, { status, headers: { Location: `${elsewhere.url}/stolen` } }),
      );

      const result = await postCallback({ ...callback, url: server.url }, deps, never);

      expect(result).toEqual(
        answered("refused", status, { reason: `Answered ${status}: redirects are not followed` }),
      );
      expect(elsewhere.requests).toEqual([]);
    },
  );

  test("failed for now where nobody listens, and the reason names no address", async () => {
    const result = await postCallback({ ...callback, url: `${closedUrl()}/path?secret=1` }, deps, never);

    expect(result).toMatchObject({
      outcome: "failed",
      error: "refused",
      reason: "ECONNREFUSED",
      status: null,
      address: "127.0.0.1",
    });
  });

  test("failed for now where the name is unknown", async () => {
    const result = await postCallback({ ...callback, url: "http://nobody.invalid/?secret=1" }, deps, never);

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

    const { outcome } = await postCallback({ ...callback, url: server.url }, deps, never);

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

      const { result, ms } = await timed(postCallback({ ...hasty, url: server.url }, deps, never));
      await server.closed;

      expect(result).toMatchObject({
        outcome: "failed",
        error: "timeout",
        reason: "No answer in 300 ms",
        status: null,
      });
      expect(ms).toBeGreaterThan(250);
      // What drips would otherwise have come to its end.
      expect(ms).toBeLessThan(5000);
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

    const { result, ms } = await timed(postCallback({ ...callback, url: server.url }, deps, never));

    expect(result).toEqual(answered("delivered", 200, { excerpt: "\0".repeat(1024) }));
    expect(ms).toBeLessThan(callback.timeoutMs);
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

    expect(await postCallback({ ...callback, url: server.url }, deps, never)).toMatchObject({
      outcome: "refused",
      status: 404,
    });
  });

  test("is thrown out of when the worker stops: nobody decided anything", async () => {
    using server = openRawProvider(() => {});
    const stop = new AbortController();
    const result = postCallback({ ...callback, url: server.url }, deps, stop.signal);
    await server.received;

    stop.abort(new Error("The worker is stopping"));

    await expect(result).rejects.toThrow("The worker is stopping");
  });

  test("does not go where the URL has a user and a password", async () => {
    await using server = openProvider(() => Response.json({}));
    const url = server.url.replace("//", "//user:secret@");

    const result = await postCallback({ ...callback, url }, deps, never);

    expect(result).toMatchObject({ outcome: "failed", error: "blocked-address" });
    expect(JSON.stringify(result)).not.toContain("secret");
    expect(server.requests).toEqual([]);
  });

  test("keeps of the answer what is text within its first 1,024 bytes", async () => {
    const body = `${"é".repeat(511)}a€${"é".repeat(1000)}`;
    await using server = openProvider(() => new Response(body, { status: 500 }));

    const { excerpt } = await postCallback({ ...callback, url: server.url }, deps, never);

    expect(excerpt).toBe(`${"é".repeat(511)}a`);
  });
});
