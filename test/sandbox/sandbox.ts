import type { Log } from "../../shared/log.ts";
import { createAlerts, type ToldAlert } from "./alerts.ts";
import { callback } from "./callback.ts";
import { cbcRoutes } from "./cbc/cbc.ts";
import { type CbcRecords, createCbcRecords } from "./cbc/records.ts";
import type { Dvla } from "./dvla/dvla.ts";
import { type LettersOptions, letterRoutes, startLetters } from "./dvla/letters.ts";
import { createDvlaHttp, type DvlaHttp } from "./dvla-http/dvla-http.ts";
import { events } from "./events.ts";
import type { Desk } from "./exchange.ts";
import { createFaults, type Fault } from "./faults.ts";
import { firetext } from "./firetext.ts";
import { inbound } from "./inbound.ts";
import { faultRoutes, messageRoutes } from "./listing.ts";
import type { Channel, Message } from "./message.ts";
import { createMessages, type Messages, type WaitFor } from "./messages.ts";
import { mmg } from "./mmg.ts";
import { pageRoutes } from "./page.tsx";
import { createPost, createReceipts, noReceipts, type ReceiptCounts } from "./receipts.ts";
import { ses } from "./ses.ts";
import { startSmtp } from "./smtp.ts";
import { certificatePath, createSnsSigner, type SignatureVersion } from "./sns.ts";
import { sandboxOnlyCertificate } from "./sns-certificate.ts";
import { createSnsLogs, snsLogRoute } from "./sns-logs.ts";
import { snsTexts } from "./sns-texts.ts";

export interface SandboxOptions {
  /** 0 for any. */
  port: number;
  /** 0, for any, by default. */
  smtpPort?: number;
  /** Where providers report what became of messages; null for nowhere. May hold a user and a password. */
  receipts: { apiUrl: string } | null;
  /** Between a provider's answer and its receipt; 0 by default. */
  receiptDelayMs?: number;
  snsSignatureVersion?: SignatureVersion;
  /** How many messages of each channel are kept, the newest; 5,000 by default. */
  keep?: number;
  log?: Pick<Log, "warn">;
  /** The printer of letters, which listens for SFTP; without it there is none. */
  dvla?: LettersOptions | undefined;
}

export interface Sandbox extends AsyncDisposable {
  /** Its HTTP address, without a slash at the end. */
  url: string;
  port: number;
  smtpPort: number;
  /** Null where it was not asked for. */
  dvla: Dvla | null;
  /** Newest first. */
  messages(channel?: Channel): Message[];
  /** How many arrived since the last clear, those no longer kept included. */
  count(channel?: Channel): number;
  clearMessages(): void;
  waitFor: WaitFor;
  /** Returns what ends the subscription. */
  subscribe: Messages["subscribe"];
  /** What networks were told to broadcast. */
  cbc: Pick<CbcRecords, "list" | "clear">;
  setFault(fault: Fault): void;
  clearFaults(): void;
  /** What people were told, oldest first. */
  alerts(): ToldAlert[];
  /** The printer by HTTP. */
  dvlaHttp: Omit<DvlaHttp, "routes">;
  receipts(): ReceiptCounts;
  /** Resolves when no receipt waits to be sent. */
  receiptsSettled(): Promise<void>;
}

const hostname = "127.0.0.1";

/** Servers that speak the providers' protocols, in memory and on this machine only. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { port, smtpPort = 0, receiptDelayMs = 0, snsSignatureVersion = "2", keep = 5_000 } = options;
  const log = options.log ?? { warn() {} };
  const stopping = new AbortController();
  const { signal } = stopping;
  const faults = createFaults();
  const messages = createMessages(keep);
  let url = "";
  const desk: Desk = {
    messages,
    faults,
    receipts: options.receipts
      ? createReceipts({ ...options.receipts, delayMs: receiptDelayMs, log, signal })
      : noReceipts,
    url: () => url,
    signal,
  };
  const receiveCallback = callback(desk);
  const alerts = createAlerts(desk);
  const { routes: dvlaHttpRoutes, ...dvlaHttp } = createDvlaHttp(desk, { delayMs: receiptDelayMs });
  const snsLogs = createSnsLogs(10 * keep);
  const sign = await createSnsSigner(snsSignatureVersion, desk.url);
  const dvla = options.dvla ? await startLetters(desk, options.dvla, sign) : null;
  const cbc = createCbcRecords();

  const server = Bun.serve({
    hostname,
    port,
    development: false,
    // Those a fault leaves unanswered stay until their client goes.
    idleTimeout: 0,
    maxRequestBodySize: 64 * 1024 * 1024,
    routes: {
      "/mmg": { POST: mmg(desk) },
      "/firetext": { POST: firetext(desk) },
      "/sns/": { POST: snsTexts(desk, snsLogs) },
      "/logs/": { POST: snsLogRoute(desk, snsLogs) },
      "/ses/v2/email/outbound-emails": {
        POST: ses(desk, sign),
      },
      [certificatePath]: new Response(sandboxOnlyCertificate, {
        headers: { "content-type": "application/x-pem-file" },
      }),
      ...pageRoutes(desk, { print: options.dvla?.printNow !== undefined }),
      "/events": { GET: events(desk) },
      "/callback": { POST: receiveCallback },
      "/callback/*": { POST: receiveCallback },
      "/inbound": {
        POST: inbound(options.receipts ? createPost(options.receipts.apiUrl, signal) : async () => null),
      },
      ...alerts.routes,
      ...dvlaHttpRoutes,
      ...letterRoutes(dvla, options.dvla?.printNow),
      ...cbcRoutes(desk, cbc),
      ...messageRoutes(desk),
      ...faultRoutes(desk),
    },
    fetch: () => Response.json({ error: "There is nothing here" }, { status: 404 }),
  });
  url = `http://${hostname}:${server.port}`;
  const smtp = await startSmtp(desk, hostname, smtpPort).catch(async (error: unknown) => {
    await Promise.all([server.stop(true), dvla?.[Symbol.asyncDispose]()]);
    throw error;
  });

  return {
    url,
    port: Number(server.port),
    smtpPort: smtp.port,
    dvla,
    messages: messages.list,
    count: messages.count,
    clearMessages: messages.clear,
    waitFor: messages.waitFor,
    subscribe: messages.subscribe,
    cbc,
    setFault: faults.set,
    clearFaults: faults.clear,
    alerts: alerts.told,
    dvlaHttp,
    receipts: desk.receipts.counts,
    receiptsSettled: desk.receipts.settled,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await Promise.all([server.stop(true), smtp[Symbol.asyncDispose](), dvla?.[Symbol.asyncDispose]()]);
    },
  };
}
