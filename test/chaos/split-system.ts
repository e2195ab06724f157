import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import * as v from "valibot";
import { setCallback } from "../../shared/callback/queries.ts";
import { openDatabase, type Pool } from "../../shared/database.ts";
import { type Cipher, createCipher } from "../../shared/encryption.ts";
import { createApiKey, createService } from "../../shared/service/setup.ts";
import { createTemplate } from "../../shared/template/queries.ts";
import type { Fault } from "../sandbox/faults.ts";
import { freePort } from "../support/free-port.ts";
import { createPart } from "./part.ts";

/** Pillarbox and the sandbox, each part a process of its own, for loads that would keep one thread too busy. */
export interface SplitSystem extends AsyncDisposable {
  apiUrl: string;
  sql: Pool;
  services: readonly LoadService[];
  setFault(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
  /** What reached the sandbox after the first `from`, in order. */
  arrivals(channel: "sms" | "email" | "callback", from: number): Promise<Arrival[]>;
  /** Receipts that the API did not take. */
  failedReceipts(): Promise<number>;
}

export interface LoadService {
  smsTemplate: string;
  emailTemplate: string;
  /** An Authorization header, as the official clients make one. */
  authorization(): Promise<string>;
}

export interface Arrival {
  /** The notification's id; of an email its recipient. */
  key: string;
  provider: string | null;
  /** Milliseconds since 1970. */
  at: number;
}

export interface SplitSystemOptions {
  /** Migrated. */
  databaseUrl: string;
  services: number;
  workers: number;
  /** Settings over the system's own, for all its processes. */
  env?: Record<string, string>;
}

const Arrivals = v.array(
  v.pipe(
    v.tuple([v.string(), v.nullable(v.string()), v.number()]),
    v.transform(([key, provider, at]): Arrival => ({ key, provider, at })),
  ),
);
const Receipts = v.object({ failed: v.number() });

/** Resolves when all parts are ready. */
export async function openSplitSystem(options: SplitSystemOptions): Promise<SplitSystem> {
  await using stack = new AsyncDisposableStack();
  const logFolder = await mkdtemp(join(tmpdir(), "pillarbox-chaos-logs-"));
  stack.defer(() => rm(logFolder, { recursive: true, force: true }));
  const [apiPort, sandboxPort, controlPort] = [freePort(), freePort(), freePort()];
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;
  const controlUrl = `http://127.0.0.1:${controlPort}`;
  const key = new Uint8Array(32).fill(5);
  const env = {
    DATABASE_URL: options.databaseUrl,
    ENCRYPTION_KEYS: `chaos:${Buffer.from(key).toString("base64")}`,
    LOG_LEVEL: "error",
    SANDBOX_PORT: String(sandboxPort),
    API_URL: apiUrl,
    MMG_URL: `${sandboxUrl}/mmg`,
    MMG_API_KEY: "sandbox",
    FIRETEXT_URL: `${sandboxUrl}/firetext`,
    FIRETEXT_API_KEY: "sandbox",
    SES_URL: `${sandboxUrl}/ses`,
    SES_ACCESS_KEY_ID: "id",
    SES_SECRET_ACCESS_KEY: "secret",
    SES_TOPIC_ARNS: "arn:aws:sns:eu-west-1:000000000000:sandbox",
    SNS_TRUSTED_ORIGINS: sandboxUrl,
    CALLBACK_ALLOWED_CIDRS: "127.0.0.1",
    BUN_CONFIG_MAX_HTTP_REQUESTS: "1000",
    ...options.env,
  };
  const part = (name: string, script: string, port: number, setting: string) =>
    createPart({ name, script, port, logFolder, env: { ...env, [setting]: String(port) } });
  const parts = [
    part("sandbox", "test/chaos/sandbox-process.ts", controlPort, "CONTROL_PORT"),
    part("api", "api/serve.bun.ts", apiPort, "API_PORT"),
    ...Array.from({ length: options.workers }, (_, n) =>
      part(`worker-${n + 1}`, "worker/main.ts", freePort(), "WORKER_METRICS_PORT"),
    ),
  ];
  const sql = openDatabase(options.databaseUrl, {
    name: "chaos",
    connections: 4,
    statementTimeoutMs: 60_000,
  });
  stack.defer(() => sql.end({ timeout: 1 }));
  stack.defer(async () => {
    await Promise.all(parts.map((each) => each.kill()));
  });
  for (const each of parts) each.start();
  await Promise.all(parts.map((each) => each.ready()));

  const cipher = await createCipher([{ id: "chaos", bytes: key }]);
  const services: LoadService[] = [];
  for (let n = 1; n <= options.services; n++) {
    services.push(await addService({ sql, cipher, sandboxUrl }, `Chaos ${n}`));
  }
  const ask = async (url: string, init?: RequestInit) => {
    const response = await fetch(url, init);
    if (!response.ok) throw new Error(`The sandbox answered ${response.status}: ${await response.text()}`);
    return response;
  };
  const everything = stack.move();
  return {
    apiUrl,
    sql,
    services,
    async setFault(fault) {
      await ask(`${sandboxUrl}/faults`, { method: "POST", body: JSON.stringify(fault) });
    },
    async clearFaults() {
      await ask(`${sandboxUrl}/faults`, { method: "DELETE" });
    },
    async arrivals(channel, from) {
      return v.parse(Arrivals, await (await ask(`${controlUrl}/arrivals/${channel}?from=${from}`)).json());
    },
    async failedReceipts() {
      return v.parse(Receipts, await (await ask(`${controlUrl}/receipts`)).json()).failed;
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

/** Without limits, called back at a path of its own. */
async function addService(
  { sql, cipher, sandboxUrl }: { sql: Pool; cipher: Cipher; sandboxUrl: string },
  name: string,
): Promise<LoadService> {
  const id = await createService(sql, { name, restricted: false, smsSender: "Chaos", replyTo: null });
  await sql`update services set rate_limit = 100000000 where id = ${id}`;
  await setCallback(sql, cipher, {
    serviceId: id,
    type: "delivery_status",
    url: `${sandboxUrl}/callback/${id}`,
    bearerToken: crypto.randomUUID(),
  });
  const apiKey = await createApiKey(sql, cipher, { serviceId: id, name: "chaos", type: "normal" });
  const content = "Hello ((name)), come on ((day))";
  const template = { serviceId: id, name: "Chaos", content };
  return {
    smsTemplate: await createTemplate(sql, { ...template, type: "sms", subject: null }),
    emailTemplate: await createTemplate(sql, { ...template, type: "email", subject: "Your appointment" }),
    authorization: signer(id, apiKey.slice(-36)),
  };
}

/** A token each second: to sign one for each request would measure the client. */
function signer(serviceId: string, secret: string): () => Promise<string> {
  const key = new TextEncoder().encode(secret);
  let signedAt = Number.NEGATIVE_INFINITY;
  let token = Promise.resolve("");
  return async () => {
    if (performance.now() - signedAt > 1000) {
      signedAt = performance.now();
      token = new SignJWT({})
        .setProtectedHeader({ typ: "JWT", alg: "HS256" })
        .setIssuer(serviceId)
        .setIssuedAt()
        .sign(key);
    }
    return `Bearer ${await token}`;
  };
}
