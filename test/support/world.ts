import { NotifyClient } from "notifications-node-client";
import { scrypt } from "../../api/serve.scrypt.ts";
import { type Api, startApi } from "../../api/start.ts";
import { setCallback } from "../../shared/callback/queries.ts";
import { type Config, readConfig } from "../../shared/config.ts";
import { openDatabase, type Pool } from "../../shared/database.ts";
import { type Cipher, createCipher } from "../../shared/encryption.ts";
import type { Log } from "../../shared/log.ts";
import { createApiKey, createService } from "../../shared/service/setup.ts";
import { createTemplate } from "../../shared/template/queries.ts";
import type { WorkerDeps } from "../../worker/deps.ts";
import { openSealed } from "../../worker/open-sealed.ts";
import { startWorker, type Worker } from "../../worker/worker.ts";
import type { Dvla } from "../sandbox/dvla/dvla.ts";
import type { LettersOptions } from "../sandbox/dvla/letters.ts";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import { createListLog, type LogLine } from "./list-log.ts";
import { assertNoSecrets, writtenLine } from "./log-secrets.ts";
import { type NotificationFacts, storeNotification } from "./notifications.ts";
import { testDatabase } from "./postgres.ts";
import { storedSecrets } from "./stored-secrets.ts";
import { createWorkerDeps } from "./worker-deps.ts";

export interface WorldOptions {
  /** Settings over the world's own. */
  env?: Record<string, string>;
  /** Without one, jobs stay in their queues. */
  worker?: boolean;
  /** Whether there is a printer of letters, `world.dvla`, and how it behaves. */
  dvla?: LettersOptions;
}

export interface WorldService {
  id: string;
  keys: { normal: string; team: string; test: string };
  templates: { sms: string; email: string; letter: string };
  callbackToken: string;
}

/** A whole Pillarbox on a database of its own: API, worker, sandbox, one service. */
export interface World extends AsyncDisposable {
  apiUrl: string;
  api: Api;
  sandbox: Sandbox;
  /** Throws where the world was opened without one. */
  readonly dvla: Dvla;
  sql: Pool;
  cipher: Cipher;
  config: Config;
  /** What API and worker logged. */
  lines: readonly LogLine[];
  log: Log;
  service: WorldService;
  /** The official client. */
  client(key?: string): NotifyClient;
  addService(name: string): Promise<WorldService>;
  startWorker(): Promise<Worker>;
  /** What a worker's tasks are built from, for calling them without a queue. */
  deps: WorkerDeps;
  /** The same for another worker. */
  newDeps(over?: Partial<WorkerDeps>): WorkerDeps;
  /** Stores one without a job and answers its id. */
  notification(facts?: NotificationFacts): Promise<string>;
}

export async function openWorld({ env = {}, worker = true, dvla }: WorldOptions = {}): Promise<World> {
  const database = await testDatabase();
  const { log, lines } = createListLog();
  const workers: Worker[] = [];
  let api: Api | undefined;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 60,
    fetch: (request) => api?.app.fetch(request) ?? new Response(null, { status: 503 }),
  });
  const apiUrl = `http://127.0.0.1:${server.port}`;
  const sandbox = await startSandbox({ port: 0, receipts: { apiUrl }, dvla });
  const config = readConfig({
    DATABASE_URL: database.url,
    ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 7).toString("base64")}`,
    MMG_URL: `${sandbox.url}/mmg`,
    MMG_API_KEY: "key",
    FIRETEXT_URL: `${sandbox.url}/firetext`,
    FIRETEXT_API_KEY: "key",
    SES_URL: `${sandbox.url}/ses`,
    SES_ACCESS_KEY_ID: "id",
    SES_SECRET_ACCESS_KEY: "secret",
    SES_TOPIC_ARNS: "arn:aws:sns:eu-west-1:000000000000:sandbox",
    SNS_TRUSTED_ORIGINS: sandbox.url,
    // Texts go by SNS only where a test gives its keys.
    SNS_URL: `${sandbox.url}/sns`,
    SNS_ACCOUNT_ID: "000000000000",
    CLOUDWATCH_LOGS_URL: `${sandbox.url}/logs`,
    // The printer is called by HTTP only where a test says as whom.
    DVLA_HTTP_URL: `${sandbox.url}/dvla-http`,
    API_HOST: apiUrl,
    ALERT_WEBHOOK_URL: `${sandbox.url}/alerts`,
    // Tickets are made only where a test says by whom.
    ...(env.ZENDESK_EMAIL !== undefined && { ZENDESK_URL: `${sandbox.url}/zendesk` }),
    // Alerts leave only where a test has CBC_PROXY_ENABLED.
    CBC_PROXY_SITE_1_URL: `${sandbox.url}/cbc/1`,
    CBC_PROXY_SITE_2_URL: `${sandbox.url}/cbc/2`,
    CBC_PROXY_SECRET: "secret",
    // Where the sandbox takes callbacks.
    CALLBACK_ALLOWED_CIDRS: "127.0.0.1",
    // Nobody draws them.
    ...(!worker && { LETTER_PICTURE_PATIENCE_MS: "200" }),
    ...sandbox.dvla?.env,
    ...env,
  });
  const sql = openDatabase(database.url, { name: "test", connections: 5, statementTimeoutMs: 30_000 });
  // As the worker has it.
  const cipher = await createCipher(config.encryptionKeys, { open: openSealed });
  api = await startApi({ config, log, scrypt });
  const { app, close } = api;

  const addService = (name: string) => seedService(sql, cipher, name, sandbox.url);
  const service = await addService("Town Hall");
  const addWorker = async () => {
    // Nothing by the clock: a minute that begins while a test runs would add jobs to its own.
    const started = await startWorker({ config, log, schedules: [] });
    workers.push(started);
    return started;
  };
  if (worker) await addWorker();
  const newDeps = (over?: Partial<WorkerDeps>) => createWorkerDeps({ config, sql, cipher, log }, over);

  return {
    apiUrl,
    api: { app, close },
    sandbox,
    get dvla() {
      if (!sandbox.dvla) throw new Error("This world has no printer: open it with dvla: {}");
      return sandbox.dvla;
    },
    sql,
    cipher,
    config,
    lines,
    log,
    service,
    client: (key = service.keys.normal) => new NotifyClient(apiUrl, key),
    addService,
    startWorker: addWorker,
    deps: newDeps(),
    newDeps,
    notification: (facts) => storeNotification({ sql, cipher, service }, facts),
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await Promise.all(workers.map((started) => started.stop(5000)));
      const secrets = new Map(await storedSecrets(sql, cipher));
      for (const { channel, subject, body } of sandbox.messages()) {
        // A broadcast's subject says what it does.
        const texts = channel === "broadcast" ? [body] : [subject, body];
        if (channel !== "callback") for (const text of texts) secrets.set(text ?? "", "a message");
      }
      await sandbox[Symbol.asyncDispose]();
      await close();
      await sql.end({ timeout: 1 });
      await database[Symbol.asyncDispose]();
      // Last, so that nothing is left running.
      assertNoSecrets(lines.map(writtenLine), secrets);
    },
  };
}

async function seedService(
  sql: Pool,
  cipher: Cipher,
  name: string,
  sandboxUrl: string,
): Promise<WorldService> {
  const id = await createService(sql, {
    name,
    restricted: false,
    smsSender: "TownHall",
    replyTo: "answers@town-hall.example",
  });
  const callbackToken = crypto.randomUUID();
  const url = `${sandboxUrl}/callback`;
  await setCallback(sql, cipher, { serviceId: id, type: "delivery_status", url, bearerToken: callbackToken });
  const key = (type: "normal" | "team" | "test") =>
    createApiKey(sql, cipher, { serviceId: id, name: type, type });
  return {
    id,
    callbackToken,
    keys: { normal: await key("normal"), team: await key("team"), test: await key("test") },
    templates: {
      sms: await createTemplate(sql, {
        serviceId: id,
        name: "Text",
        type: "sms",
        content: "Hello ((name)), come on ((day))",
        subject: null,
      }),
      email: await createTemplate(sql, {
        serviceId: id,
        name: "Email",
        type: "email",
        content: "Hello ((name))\n\n# When\n\n* ((day))",
        subject: "Your visit on ((day))",
      }),
      letter: await createTemplate(sql, {
        serviceId: id,
        name: "Letter",
        type: "letter",
        content: "Dear ((name))\n\nCome on ((day)).",
        subject: "Your visit on ((day))",
      }),
    },
  };
}
