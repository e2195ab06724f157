import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setCallback } from "../../shared/callback/queries.ts";
import { openDatabase, type Pool } from "../../shared/database.ts";
import { createCipher } from "../../shared/encryption.ts";
import { inTime } from "../../shared/group.ts";
import { createApiKey, createService } from "../../shared/service/setup.ts";
import { createTemplate } from "../../shared/template/queries.ts";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import { freePort } from "../support/free-port.ts";
import { assertNoSecrets } from "../support/log-secrets.ts";
import { storedSecrets } from "../support/stored-secrets.ts";
import { type Client, createClient } from "./client.ts";
import { createPart, type Part } from "./part.ts";

export interface SystemOptions {
  /** Migrated. */
  databaseUrl: string;
  /** 1 by default. */
  workers?: number;
  /** Settings over the system's own, for all its processes. */
  env?: Record<string, string>;
}

/** Pillarbox in processes of its own, the sandbox in ours. */
export interface System extends AsyncDisposable {
  api: Part;
  workers: readonly [Part, ...Part[]];
  sandbox: Sandbox;
  sql: Pool;
  /** A service without limits, called back at this path of the sandbox. */
  addService(name: string, callbackPath: string): Promise<ChaosService>;
}

export interface ChaosService {
  id: string;
  client: Client;
}

/** Resolves when API and workers are ready. */
export async function openSystem({ databaseUrl, workers = 1, env }: SystemOptions): Promise<System> {
  const logFolder = await mkdtemp(join(tmpdir(), "pillarbox-chaos-logs-"));
  const apiPort = freePort();
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  const sandbox = await startSandbox({ port: 0, receipts: { apiUrl }, keep: 100_000 });
  const key = new Uint8Array(32).fill(5);
  const settings = {
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEYS: `chaos:${Buffer.from(key).toString("base64")}`,
    MMG_URL: `${sandbox.url}/mmg`,
    MMG_API_KEY: "sandbox",
    FIRETEXT_URL: `${sandbox.url}/firetext`,
    FIRETEXT_API_KEY: "sandbox",
    CBC_PROXY_SITE_1_URL: `${sandbox.url}/cbc/1`,
    CBC_PROXY_SITE_2_URL: `${sandbox.url}/cbc/2`,
    CBC_PROXY_SECRET: "sandbox",
    CALLBACK_ALLOWED_CIDRS: "127.0.0.1",
    BUN_CONFIG_MAX_HTTP_REQUESTS: "1000",
    ...env,
  };
  const part = (name: string, script: string, port: number, setting: string) =>
    createPart({ name, script, port, logFolder, env: { ...settings, [setting]: String(port) } });
  const api = part("api", "api/serve.bun.ts", apiPort, "API_PORT");
  const worker = (n: number) => part(`worker-${n}`, "worker/main.ts", freePort(), "WORKER_METRICS_PORT");
  const parts: [Part, ...Part[]] = [
    worker(1),
    ...Array.from({ length: workers - 1 }, (_, n) => worker(n + 2)),
  ];
  const sql = openDatabase(databaseUrl, { name: "chaos", connections: 4, statementTimeoutMs: 60_000 });
  const cipher = await createCipher([{ id: "chaos", bytes: key }]);

  const close = async () => {
    await Promise.all([api, ...parts].map((each) => each.kill()));
    // Of a database that did not survive, or hangs, nothing is known.
    const stored = await inTime(storedSecrets(sql, cipher, 50), 3000).catch(() => new Map<string, string>());
    // What is filled in are words that logs have too; whole messages are not.
    const secrets = new Map([...stored].filter(([, whose]) => whose !== "a personalisation"));
    for (const { body } of sandbox.messages("sms").slice(0, 50)) secrets.set(body, "a message");
    const logs = [api, ...parts].map((each) => each.log());
    await sandbox[Symbol.asyncDispose]();
    await sql.end({ timeout: 1 });
    await rm(logFolder, { recursive: true, force: true });
    assertNoSecrets(logs, secrets);
  };
  try {
    for (const each of [api, ...parts]) each.start();
    await Promise.all([api, ...parts].map((each) => each.ready()));
  } catch (error) {
    await close();
    throw error;
  }

  return {
    api,
    workers: parts,
    sandbox,
    sql,
    async addService(name, callbackPath) {
      const id = await createService(sql, { name, restricted: false, smsSender: "Chaos", replyTo: null });
      await sql`update services set rate_limit = 100000000 where id = ${id}`;
      await setCallback(sql, cipher, {
        serviceId: id,
        type: "delivery_status",
        url: sandbox.url + callbackPath,
        bearerToken: crypto.randomUUID(),
      });
      const apiKey = await createApiKey(sql, cipher, { serviceId: id, name: "chaos", type: "normal" });
      const smsTemplate = await createTemplate(sql, {
        serviceId: id,
        name: "Chaos",
        type: "sms",
        content: "Hello ((name)), come on ((day))",
        subject: null,
      });
      return { id, client: createClient({ apiUrl, serviceId: id, secret: apiKey.slice(-36), smsTemplate }) };
    },
    [Symbol.asyncDispose]: close,
  };
}
