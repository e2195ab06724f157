import { describe, expect, test } from "bun:test";
import type { SendResult } from "../../../shared/provider/provider.ts";
import { firetext } from "../../../worker/providers/firetext.ts";
import { mmg } from "../../../worker/providers/mmg.ts";
import { ses } from "../../../worker/providers/ses.ts";
import { sns } from "../../../worker/providers/sns.ts";
import { closedUrl, drip, never, openProvider, openRawProvider, startAnswer } from "./provider-server.ts";

const text = {
  to: "447700900123",
  body: "Hello secret content",
  sender: "GOVUK",
  reference: "5a1c6a4e-3a2b-4f06-8b59-1d3f0a0c9e11",
  international: false,
};
const email = {
  to: "recipient@example.com",
  from: { name: "Service", address: "service@notify.test" },
  replyTo: null,
  subject: "Secret subject",
  text: "Secret content",
  html: "<p>Secret content</p>",
  unsubscribeUrl: null,
  reference: text.reference,
};

type Send = (signal: AbortSignal) => Promise<SendResult>;

const noReceipts = { receiptUrl: null, receiptCredentials: null };
const clients: [name: string, open: (url: string, timeoutMs: number) => Send][] = [
  [
    "MMG",
    (url, timeoutMs) => {
      const provider = mmg({ url, timeoutMs, apiKey: "c2VjcmV0", ...noReceipts });
      return (signal) => provider.send(text, signal);
    },
  ],
  [
    "Firetext",
    (url, timeoutMs) => {
      const provider = firetext({
        url,
        timeoutMs,
        apiKey: "secret",
        internationalApiKey: null,
        ...noReceipts,
      });
      return (signal) => provider.send(text, signal);
    },
  ],
  [
    "SES",
    (url, timeoutMs) => {
      const keys = { accessKeyId: "AKID", secretAccessKey: "secret" };
      const provider = ses({ region: "eu-west-1", url, timeoutMs, configurationSet: null, ...keys });
      return (signal) => provider.send(email, signal);
    },
  ],
  [
    "SNS",
    (url, timeoutMs) => {
      const keys = { accessKeyId: "AKID", secretAccessKey: "secret" };
      const provider = sns({ region: "eu-west-1", url, timeoutMs, maxPriceUsd: null, ...keys });
      return (signal) => provider.send(text, signal);
    },
  ],
];

/** Longer than any test, and short enough to wait for. */
const long = 20_000;
const short = 80;

const accepted: SendResult = { outcome: "accepted", reference: null };
const unavailable = (reason: string): SendResult => ({ outcome: "unavailable", reason });

describe.each(clients)("%s", (name, open) => {
  const oddBodies: [name: string, answer: () => Response][] = [
    ["no body", () => new Response(null)],
    ["no content", () => new Response(null, { status: 204 })],
    ["text", () => new Response("OK, thank you")],
    ["half of some XML", () => new Response("<PublishResponse><PublishResult><MessageId>94f")],
    ["half of some JSON", () => new Response('{"code":')],
    ["another JSON", () => Response.json(["ok"])],
    ["bytes that are no text", () => new Response(new Uint8Array([0xff, 0xfe, 0]))],
    ["more than it may be", () => new Response("x".repeat(1_000_000))],
    [
      "a body without end",
      () => new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(10_000)) })),
    ],
  ];

  test.each(oddBodies)("accepts with a 2xx and %s", async (_, answer) => {
    await using provider = openProvider(answer);
    expect(await open(provider.url, long)(never)).toEqual(accepted);
    expect(provider.requests).toHaveLength(1);
  });

  test("accepts with a 2xx and a body that breaks off", async () => {
    using provider = openRawProvider((socket) => {
      startAnswer(socket, "200 OK");
      socket.end();
    });
    expect(await open(provider.url, long)(never)).toEqual(accepted);
    expect(provider.requests()).toBe(1);
  });

  test("accepts with a 2xx and a body that does not come in time", async () => {
    using provider = openRawProvider((socket) => startAnswer(socket, "200 OK"));

    expect(await open(provider.url, short)(never)).toEqual(accepted);

    await provider.closed;
    expect(provider.requests()).toBe(1);
  });

  test("accepts with a 2xx and a body that drips for ever, which it leaves in time", async () => {
    using provider = openRawProvider((socket) => {
      startAnswer(socket, "200 OK");
      drip(socket, " ");
    });

    expect(await open(provider.url, short)(never)).toEqual(accepted);

    await provider.closed;
  });

  test("still tells of a 2xx when its caller gives up during the body", async () => {
    const caller = new AbortController();
    using provider = openRawProvider((socket) => {
      startAnswer(socket, "200 OK");
      // Once the client has the status.
      socket.flush();
      setTimeout(() => caller.abort(), short);
    });
    expect(await open(provider.url, long)(caller.signal)).toEqual(accepted);
  });

  test.each([400, 401, 403, 404, 408, 429, 500, 502, 503, 504])(
    "is unavailable with status %p",
    async (status) => {
      await using provider = openProvider(() => new Response("an error page", { status }));

      const result = await open(provider.url, long)(never);

      expect(result).toMatchObject({
        outcome: "unavailable",
        reason: expect.stringContaining(`${name} answered ${status}`),
      });
      expect(provider.requests).toHaveLength(1);
    },
  );

  test.each([301, 302, 307, 308])("does not follow a redirect with status %p", async (status) => {
    await using elsewhere = openProvider(() => Response.json({ code: 0 }));
    await using provider = openProvider(
      () => new Response(null, { status, headers: { Location: elsewhere.url } }),
    );

    const result = await open(provider.url, long)(never);

    expect(result).toMatchObject({ outcome: "unavailable", reason: expect.stringContaining(`${status}`) });
    expect(elsewhere.requests).toEqual([]);
  });

  test("is unavailable when the headers do not come in time, and hangs up", async () => {
    using provider = openRawProvider(() => {});

    expect(await open(provider.url, short)(never)).toEqual(
      unavailable(`${name}: no answer within ${short} ms`),
    );

    await provider.closed;
    expect(provider.requests()).toBe(1);
  });

  test("is unavailable when the headers drip for ever, and hangs up in time", async () => {
    using provider = openRawProvider((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nX-Slow: ");
      drip(socket, "x");
    });

    expect(await open(provider.url, short)(never)).toEqual(
      unavailable(`${name}: no answer within ${short} ms`),
    );

    await provider.closed;
    expect(provider.requests()).toBe(1);
  });

  test.each([
    ["longer than it may be", () => new Response("x".repeat(1_000_000), { status: 500 })],
    ["no JSON", () => new Response('{"Error":', { status: 500 })],
  ])("is unavailable with an error whose body is %s", async (_, answer) => {
    await using provider = openProvider(answer);
    const result = await open(provider.url, long)(never);
    expect(result).toMatchObject({
      outcome: "unavailable",
      reason: expect.stringContaining(`${name} answered 500`),
    });
  });

  test("is unavailable when the headers are endless", async () => {
    using provider = openRawProvider((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${"X-Long: y\r\n".repeat(100_000)}`);
    });
    expect((await open(provider.url, long)(never)).outcome).toBe("unavailable");
  });

  test("is unavailable when an error's body does not come in time", async () => {
    using provider = openRawProvider((socket) => startAnswer(socket, "503 Unavailable"));
    const result = await open(provider.url, short)(never);
    expect(result).toMatchObject({
      outcome: "unavailable",
      reason: expect.stringContaining(`${name} answered 503`),
    });
  });

  test.each([
    ["resets", (socket: import("bun").Socket<undefined>) => socket.terminate()],
    ["hangs up", (socket: import("bun").Socket<undefined>) => void socket.end()],
    [
      "does not speak HTTP",
      (socket: import("bun").Socket<undefined>) => void socket.end("220 smtp.example.com\r\n"),
    ],
  ])("is unavailable when the server %s", async (_, answer) => {
    using provider = openRawProvider(answer);

    const result = await open(provider.url, long)(never);

    expect(result.outcome).toBe("unavailable");
    expect(provider.requests()).toBe(1);
  });

  test("does not ask again when a kept connection ends without an answer", async () => {
    using provider = openRawProvider((socket, request) => {
      if (request === 1)
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
      else socket.terminate();
    });
    const send = open(provider.url, long);
    expect(await send(never)).toEqual(accepted);

    const second = await send(never);

    expect(second.outcome).toBe("unavailable");
    expect(provider.requests()).toBe(2);
  });

  test("is unavailable when nothing listens", async () => {
    const url = closedUrl();
    const result = await open(url, long)(never);
    expect(result).toMatchObject({ outcome: "unavailable", reason: expect.stringMatching(/^\w+: \w+$/) });
  });

  test("never tells of keys, addresses, recipients or content", async () => {
    await using provider = openProvider(
      ({ body }) => new Response(body, { status: 500, headers: { "x-body": "secret" } }),
    );
    for (const url of [provider.url, closedUrl()]) {
      const result = await open(url, long)(never);
      expect(JSON.stringify(result)).not.toMatch(/secret|c2Vj|AKID|4477|recipient|127\.0\.0\.1/i);
    }
  });

  test("throws its caller's reason when that gives up, and hangs up", async () => {
    const caller = new AbortController();
    using provider = openRawProvider(() => {});
    const sent = open(provider.url, long)(caller.signal);
    await provider.received;

    caller.abort(new Error("The worker stops"));

    await expect(sent).rejects.toThrow("The worker stops");
    await provider.closed;
  });

  test("asks nothing when its caller gave up before", async () => {
    await using provider = openProvider(() => Response.json({ code: 0 }));
    const sent = open(provider.url, long)(AbortSignal.abort(new Error("The worker stops")));
    await expect(sent).rejects.toThrow("The worker stops");
    expect(provider.requests).toEqual([]);
  });

  test("sends many texts over few connections", async () => {
    const ports = new Set<number>();
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request, { requestIP }) {
        ports.add(requestIP.call(server, request)?.port ?? 0);
        return Response.json({ code: 0 });
      },
    });
    const send = open(server.url.origin, long);

    for (let sent = 0; sent < 20; sent++) await send(never);

    await server.stop(true);
    expect(ports.size).toBe(1);
  });
});
