import { describe, expect, test } from "bun:test";
import type { AddressInfo } from "node:net";
import PostalMime from "postal-mime";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import type { EmailMessage } from "../../../shared/provider/provider.ts";
import { smtp } from "../../../worker/providers/smtp.ts";
import { drip, never } from "./provider-server.ts";

const email: EmailMessage = {
  to: "recipient@xn--exmple-cua.com",
  from: { name: "Pâr, Sêr", address: "service@notify.test" },
  replyTo: "reply@example.com",
  subject: "Your £5 – ŵ",
  text: "Hello\n\nIt’s done 🙂",
  html: "<p>Hello 🙂</p>",
  unsubscribeUrl: `https://api.example/unsubscribe/1/${"token".repeat(40)}`,
  reference: "5a1c6a4e-3a2b-4f06-8b59-1d3f0a0c9e11",
};

type Socket = import("bun").Socket<undefined>;

interface Got {
  from: string;
  to: string[];
  raw: string;
}

/** A real SMTP server; `options` make it misbehave. */
async function openServer(options: SMTPServerOptions = {}) {
  const got: Got[] = [];
  let connections = 0;
  const received = Promise.withResolvers<void>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    closeTimeout: 1,
    onConnect(_, callback) {
      connections++;
      callback();
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        got.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString(),
        });
        received.resolve();
        callback();
      });
    },
    ...options,
  });
  // Clients that hang up are part of the tests.
  server.on("error", () => {});
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    got,
    received: received.promise,
    connections: () => connections,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

function open(port: number, { timeoutMs = 10_000, user = "" } = {}) {
  const provider = smtp({ url: `smtp://${user}127.0.0.1:${port}`, timeoutMs });
  return { ...provider, [Symbol.dispose]: () => provider.close() };
}

function refusal(responseCode: number): Error {
  return Object.assign(new Error("recipient@example.com refused"), { responseCode });
}

describe("SMTP", () => {
  test("carries the whole email, its id made of the notification's", async () => {
    await using server = await openServer();
    using provider = open(server.port);

    const result = await provider.send(email, never);

    const messageId = "<5a1c6a4e-3a2b-4f06-8b59-1d3f0a0c9e11@notify.test>";
    expect(result).toEqual({ outcome: "accepted", reference: messageId });
    const [got, ...others] = server.got;
    expect(others).toEqual([]);
    // The server shows domains decoded.
    expect(got).toMatchObject({ from: "service@notify.test", to: ["recipient@exämple.com"] });
    const mail = await PostalMime.parse(got?.raw ?? "");
    expect(mail).toMatchObject({
      messageId,
      from: { name: "Pâr, Sêr", address: "service@notify.test" },
      to: [{ address: email.to }],
      replyTo: [{ address: "reply@example.com" }],
      subject: email.subject,
    });
    expect(mail.text?.trim()).toBe(email.text);
    expect(mail.html?.trim()).toBe(email.html);
    const headers = new Map(mail.headers.map(({ key, value }) => [key, value]));
    expect(headers.get("list-unsubscribe")).toBe(`<${email.unsubscribeUrl}>`);
    expect(headers.get("list-unsubscribe-post")).toBe("List-Unsubscribe=One-Click");
    expect(headers.has("date")).toBe(true);
  });

  test.each([
    "Cyngor Sir Gâr, “Sêr” & Co",
    "Ŵŷ".repeat(100),
    "🙂".repeat(50),
    "Hall\r\nBcc: all@example.com",
    `${"Department for ".repeat(15)}Tŷ`,
    "x".repeat(255),
  ])("shows the name %j whole, in words as long as they may be", async (name) => {
    await using server = await openServer();
    using provider = open(server.port);

    await provider.send({ ...email, from: { ...email.from, name } }, never);

    const raw = server.got[0]?.raw ?? "";
    const mail = await PostalMime.parse(raw);
    expect(mail.from).toEqual({
      name: name.replace("\r\n", " "),
      address: email.from.address,
    });
    const header = /^From:.*(?:\r\n[ \t].*)*/m.exec(raw)?.[0] ?? "";
    expect(header).toMatch(/^[ -~\t\r\n]+$/);
    for (const [word, charset, encoding, text] of header.matchAll(/=\?([^?]+)\?([BQ])\?([^?]*)\?=/g)) {
      expect([charset, word.length <= 75]).toEqual(["UTF-8", true]);
      const quoted = text
        ?.replaceAll("_", " ")
        .replace(/=(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
      const bytes =
        encoding === "B" ? Buffer.from(text ?? "", "base64") : Buffer.from(quoted ?? "", "latin1");
      expect(new TextDecoder("utf-8", { fatal: true }).decode(bytes)).not.toContain("\ufffd");
    }
    expect(mail.headers.map(({ key }) => key)).not.toContain("bcc");
  });

  test("leaves out a link to unsubscribe that no header line can hold", async () => {
    await using server = await openServer();
    using provider = open(server.port);

    const result = await provider.send(
      { ...email, unsubscribeUrl: "https://api.example/".padEnd(971, "x") },
      never,
    );

    expect(result.outcome).toBe("accepted");
    expect(server.got[0]?.raw).not.toMatch(/^list-/im);
  });

  test("leaves out what there is none of", async () => {
    await using server = await openServer();
    using provider = open(server.port);

    await provider.send({ ...email, replyTo: null, unsubscribeUrl: null }, never);

    expect(server.got[0]?.raw).not.toMatch(/^(reply-to|list-)/im);
  });

  test("takes an address for one, whatever is in it", async () => {
    await using server = await openServer();
    using provider = open(server.port);

    await provider.send(
      { ...email, to: "a@example.com, b@example.com", replyTo: "c@example.com\r\nBcc: d@example.com" },
      never,
    );

    expect(server.got.flatMap(({ to }) => to)).not.toContain("b@example.com");
    expect(server.got.flatMap(({ to }) => to)).not.toContain("d@example.com");
  });

  test("keeps its connection for the next email", async () => {
    await using server = await openServer();
    using provider = open(server.port);

    for (let sent = 0; sent < 5; sent++) await provider.send(email, never);

    expect(server.got).toHaveLength(5);
    expect(server.connections()).toBe(1);
  });

  test("logs in", async () => {
    const logins: unknown[] = [];
    await using server = await openServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _, callback) {
        logins.push([username, password]);
        callback(null, { user: 1 });
      },
    });
    using provider = open(server.port, { user: "user:p%40ss@" });

    expect(await provider.send(email, never)).toMatchObject({ outcome: "accepted" });
    expect(logins).toEqual([["user", "p@ss"]]);
  });

  const refusals: [name: string, options: SMTPServerOptions, outcome: string, reason: string][] = [
    [
      "the recipient for good",
      { onRcptTo: (_, __, callback) => callback(refusal(550)) },
      "rejected",
      "SMTP RCPT TO answered 550 (EENVELOPE)",
    ],
    [
      "the recipient for now",
      { onRcptTo: (_, __, callback) => callback(refusal(451)) },
      "unavailable",
      "SMTP RCPT TO answered 451 (EENVELOPE)",
    ],
    [
      "the sender",
      { onMailFrom: (_, __, callback) => callback(refusal(550)) },
      "unavailable",
      "SMTP MAIL FROM answered 550 (EENVELOPE)",
    ],
    [
      "the sender for now",
      { onMailFrom: (_, __, callback) => callback(refusal(451)) },
      "unavailable",
      "SMTP MAIL FROM answered 451 (EENVELOPE)",
    ],
    [
      "the recipient until there is a login",
      { onRcptTo: (_, __, callback) => callback(refusal(530)) },
      "unavailable",
      "SMTP RCPT TO answered 530 (EENVELOPE)",
    ],
    [
      "an email that is too long",
      { onData: (stream, _, callback) => void stream.resume().on("end", () => callback(refusal(552))) },
      "rejected",
      "SMTP DATA answered 552 (EMESSAGE)",
    ],
    [
      "the content for good",
      { onData: (stream, _, callback) => void stream.resume().on("end", () => callback(refusal(554))) },
      "rejected",
      "SMTP DATA answered 554 (EMESSAGE)",
    ],
    [
      "the content for now",
      { onData: (stream, _, callback) => void stream.resume().on("end", () => callback(refusal(452))) },
      "unavailable",
      "SMTP DATA answered 452 (EMESSAGE)",
    ],
    [
      "the connection",
      { onConnect: (_, callback) => callback(refusal(554)) },
      "unavailable",
      "SMTP CONN answered 554",
    ],
  ];

  test.each(refusals)("refuses %s", async (_, options, outcome, reason) => {
    await using server = await openServer(options);
    using provider = open(server.port);

    const result = await provider.send(email, never);

    expect(result).toEqual({ outcome, reason: expect.stringContaining(reason) } as typeof result);
  });

  test("is unavailable with a wrong password, of which it does not tell", async () => {
    await using server = await openServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_, __, callback) => callback(refusal(535)),
    });
    using provider = open(server.port, { user: "user:password@" });

    const result = await provider.send(email, never);

    expect(result).toMatchObject({
      outcome: "unavailable",
      reason: expect.stringMatching(/^SMTP AUTH \w+ answered 535/),
    });
    expect(JSON.stringify(result)).not.toMatch(/password|recipient/);
  });

  test("is unavailable when nothing listens", async () => {
    const server = Bun.listen({ port: 0, hostname: "127.0.0.1", socket: { data() {} } });
    const { port } = server;
    server.stop(true);
    using provider = open(port);
    expect(await provider.send(email, never)).toMatchObject({ outcome: "unavailable" });
  });

  test("is unavailable when the server hangs up, and does not send again by itself", async () => {
    let connections = 0;
    const server = Bun.listen({
      port: 0,
      hostname: "127.0.0.1",
      socket: {
        open(socket) {
          connections++;
          socket.end();
        },
        data() {},
      },
    });
    using provider = open(server.port);

    const result = await provider.send(email, never);

    server.stop(true);
    expect(result.outcome).toBe("unavailable");
    expect(connections).toBe(1);
  });

  test("is unavailable when there is no greeting in time, and hangs up", async () => {
    const closed = Promise.withResolvers<void>();
    const server = Bun.listen({
      port: 0,
      hostname: "127.0.0.1",
      socket: { data() {}, close: () => closed.resolve() },
    });
    using provider = open(server.port, { timeoutMs: 80 });

    const result = await provider.send(email, never);

    expect(result).toMatchObject({ outcome: "unavailable" });
    await closed.promise;
    server.stop(true);
  });

  test.each([
    ["drips for ever", (socket: Socket) => drip(socket, "2")],
    ["is endless", (socket: Socket) => void socket.write(`220-${"x".repeat(2_000_000)}`)],
    ["is no SMTP", (socket: Socket) => void socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")],
  ])("is unavailable when the greeting %s, and hangs up", async (_, greet) => {
    const closed = Promise.withResolvers<void>();
    const server = Bun.listen({
      port: 0,
      hostname: "127.0.0.1",
      socket: { open: greet, data() {}, close: () => closed.resolve() },
    });
    using provider = open(server.port, { timeoutMs: 300 });

    const result = await provider.send(email, never);

    expect(result).toMatchObject({ outcome: "unavailable" });
    await closed.promise;
    server.stop(true);
  });

  test("is unavailable when the content is not answered in time", async () => {
    await using server = await openServer({ onData: (stream) => void stream.resume() });
    using provider = open(server.port, { timeoutMs: 80 });
    expect(await provider.send(email, never)).toMatchObject({ outcome: "unavailable" });
  });

  test("does not send later what was given up while it waited for a connection", async () => {
    const reached = Promise.withResolvers<void>();
    let recipients = 0;
    await using server = await openServer({
      // Nobody is answered, so every connection stays taken.
      onRcptTo() {
        recipients++;
        if (recipients === 20) reached.resolve();
      },
    });
    using provider = open(server.port);
    const caller = new AbortController();
    const waiting = Array.from({ length: 20 }, () => provider.send(email, caller.signal).catch(() => null));
    await reached.promise;
    const queued = new AbortController();
    const last = provider.send({ ...email, to: "last@example.com" }, queued.signal);

    queued.abort(new Error("The worker stops"));

    await expect(last).rejects.toThrow("The worker stops");
    caller.abort();
    await Promise.all(waiting);
    expect(recipients).toBe(20);
    expect(server.got).toEqual([]);
  });

  test("asks nothing when its caller gave up before", async () => {
    await using server = await openServer();
    using provider = open(server.port);
    const sent = provider.send(email, AbortSignal.abort(new Error("The worker stops")));
    await expect(sent).rejects.toThrow("The worker stops");
    expect(server.connections()).toBe(0);
  });

  test("takes nothing once it is closed", async () => {
    await using server = await openServer();
    using provider = open(server.port);
    await provider.send(email, never);

    provider.close();

    expect(await provider.send(email, never)).toMatchObject({ outcome: "unavailable" });
    expect(server.got).toHaveLength(1);
  });
});
