import type { Socket } from "node:net";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { type Desk, pause } from "./exchange.ts";
import { nothing } from "./message.ts";
import { parseMime } from "./mime.ts";
import { emailOutcome } from "./outcome.ts";

export interface Smtp extends AsyncDisposable {
  port: number;
}

/**
 * A mail server that takes emails from anyone, with or without a password. It sends no receipts: what is not to arrive
 * it refuses.
 */
export async function startSmtp(desk: Desk, hostname: string, port: number): Promise<Smtp> {
  /** By the client's port, to be dropped when a fault asks for it. */
  const sockets = new Map<number, Socket>();

  const smtp = new SMTPServer({
    name: "sandbox",
    banner: "Pillarbox sandbox",
    // Offering TLS with a certificate nobody trusts would only make clients refuse.
    disabledCommands: ["STARTTLS"],
    authOptional: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 1,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username ?? "anyone" }),
    onRcptTo({ address }, _session, callback) {
      const outcome = emailOutcome(address);
      if (outcome === "permanent-failure") callback(refusal(550, "5.1.1 User unknown"));
      else if (outcome === "temporary-failure") callback(refusal(451, "4.2.2 Mailbox full"));
      else callback();
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        take(Buffer.concat(chunks), session).then(
          (answer) => {
            if (answer === "hang") return;
            if (answer === "drop") sockets.get(session.remotePort)?.destroy();
            else if (answer.status >= 400) callback(refusal(answer.status, answer.text));
            else callback(null, answer.text);
          },
          (error: unknown) => callback(refusal(451, String(error))),
        );
      });
    },
  });
  // A client that goes away mid-sentence is no concern of ours.
  smtp.on("error", () => {});
  smtp.server.on("connection", (socket) => {
    const { remotePort } = socket;
    if (remotePort === undefined) return;
    sockets.set(remotePort, socket);
    socket.once("close", () => sockets.delete(remotePort));
  });

  async function take(raw: Buffer, session: SMTPServerSession) {
    const fault = desk.faults.next("smtp");
    const { status = 250, body } = fault ?? {};
    const silent = fault?.hang || fault?.reset || fault?.accept_without_answer;
    const { mailFrom, rcptTo } = session.envelope;
    if (fault?.accept_without_answer || !(silent || status >= 400)) {
      const mime = await parseMime(raw);
      desk.messages.add({
        ...nothing,
        ...mime,
        channel: "email",
        provider: "smtp",
        to: rcptTo.map(({ address }) => address).join(", "),
        from: mime.from ?? (mailFrom ? mailFrom.address : null),
        reference: mime.headers["Message-ID"] ?? null,
      });
    }
    if (fault?.delay_ms) await pause(fault.delay_ms, desk.signal);
    if (fault?.hang) return "hang" as const;
    if (silent) return "drop" as const;
    return { status, text: body ?? (status >= 400 ? "Refused by a sandbox fault" : "Taken") };
  }

  await new Promise<void>((resolve, reject) => {
    smtp.server.once("error", reject);
    smtp.listen(port, hostname, resolve);
  });
  const address = smtp.server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot listen for SMTP: no port");

  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => smtp.close(resolve));
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  };
}

function refusal(status: number, text: string) {
  return Object.assign(new Error(text), { responseCode: status });
}
