import { createTransport } from "nodemailer";
import type { EmailMessage, EmailProvider, SendResult } from "../../shared/provider/provider.ts";
import { displayName } from "./display-name.ts";
import { unsubscribeHeaders } from "./unsubscribe-headers.ts";

export interface SmtpConfig {
  /** `smtp://user:password@host:port`, or `smtps:` for TLS from the start; `smtp:` upgrades where the server can. */
  url: string;
  /** For one email, waiting for a connection included. */
  timeoutMs: number;
}

export interface SmtpProvider extends EmailProvider {
  /** Ends idle connections, and the others once their emails are through. */
  close(): void;
}

/** Any SMTP server, over connections that are kept. It sends no receipts: an email stays as the server took it. */
export function smtp({ url, timeoutMs }: SmtpConfig): SmtpProvider {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 20,
    // The queue retries; a client that also did would send twice.
    maxRequeues: 0,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    maxResponseSize: 64 * 1024,
    disableFileAccess: true,
    disableUrlAccess: true,
  });

  return {
    name: "smtp",
    reports: false,
    async send(email, signal) {
      signal.throwIfAborted();
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      try {
        // The signal takes it out of the pool's queue, or ends its connection.
        const { messageId } = await transport.sendMail({ ...toMail(email), signal: limit });
        return { outcome: "accepted", reference: messageId };
      } catch (error) {
        signal.throwIfAborted();
        if (limit.aborted)
          return { outcome: "unavailable", reason: `SMTP: no answer within ${timeoutMs} ms` };
        return failure(error);
      }
    },
    close: () => transport.close(),
  };
}

function toMail({ to, from, replyTo, subject, text, html, unsubscribeUrl, reference }: EmailMessage) {
  const domain = from.address.split("@").at(-1);
  return {
    // The same in each attempt, so that a mailbox can tell a repeated email.
    messageId: `<${reference}@${domain}>`,
    // As objects, addresses are not read as lists.
    to: { name: "", address: to },
    from: { name: displayName(from.name), address: from.address },
    ...(replyTo === null ? {} : { replyTo: { name: "", address: replyTo } }),
    subject,
    text,
    html,
    headers: unsubscribeHeaders(unsubscribeUrl),
  };
}

/** A lasting refusal of recipient or content rejects the email; one of sender or login is ours to mend. */
function failure(error: unknown): SendResult {
  const { code, command, responseCode } = {
    code: "failed",
    command: "connection",
    responseCode: null,
    ...Object(error),
  };
  const answered = typeof responseCode === "number" ? ` answered ${responseCode}` : "";
  const ofEmail = command === "RCPT TO" || command === "DATA";
  // 530 asks for a login, whatever it answers.
  const lasting = ofEmail && typeof responseCode === "number" && responseCode >= 500 && responseCode !== 530;
  return { outcome: lasting ? "rejected" : "unavailable", reason: `SMTP ${command}${answered} (${code})` };
}
