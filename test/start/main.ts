import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readConfig } from "../../shared/config.ts";
import { openDatabase } from "../../shared/database.ts";
import { createCipher } from "../../shared/encryption.ts";
import { migrate } from "../../sql/migrate.ts";
import { startSandbox } from "../sandbox/sandbox.ts";
import { startPostgres } from "../support/postgres.ts";
import { type Child, startChild, untilReady } from "./children.ts";
import { type Demo, openDemo } from "./demo.ts";
import { openEncryptionKeys } from "./encryption-keys.ts";
import { lockFolder } from "./lock.ts";
import { assertFree, readPorts } from "./ports.ts";
import { printerHabits, printNow } from "./printer.ts";
import { usage, welcome } from "./welcome.ts";
import { writeWhole } from "./write-whole.ts";

const root = resolve(import.meta.dir, "../..");
const closers: (() => Promise<unknown>)[] = [];
let stopping: { sinceMs: number } | null = null;

/** Everything on one machine: Postgres, sandbox, API, worker and a demo service; see README. */
async function start(): Promise<void> {
  const dataDir = resolve(process.env.PILLARBOX_DATA_DIR || join(root, ".data"));
  const ports = readPorts({ API_PORT: 6011, SANDBOX_PORT: 6099, WORKER_METRICS_PORT: 9464 });
  const lock = await lockFolder(dataDir);
  closers.unshift(async () => lock[Symbol.dispose]());
  for (const [setting, port] of Object.entries(ports)) await assertFree(port, setting);

  const databaseUrl = await openPostgres(dataDir);
  step("Bringing the database up to date");
  await migrate(databaseUrl);

  step("Starting the sandbox, the API and the worker");
  const apiUrl = `http://localhost:${ports.API_PORT}`;
  const envFile = join(dataDir, "env");
  const sandbox = await startSandbox({
    port: ports.SANDBOX_PORT,
    receipts: { apiUrl },
    dvla: { dir: join(dataDir, "printer"), ...printerHabits, printNow: () => printNow(envFile) },
  });
  closers.unshift(async () => sandbox[Symbol.asyncDispose]());
  const printer = sandbox.dvla?.env ?? {};
  const settings = {
    DATABASE_URL: databaseUrl,
    ...textsOf(ports),
    ...sandboxSettings(sandbox.url),
    ...printer,
  };
  const { demo, encryptionKeys } = await openService({ dataDir, apiUrl, sandboxUrl: sandbox.url, settings });

  // For `bun --env-file=.data/env run cli`.
  const forCommands = { ...settings, ENCRYPTION_KEYS: encryptionKeys };
  await writeWhole(
    envFile,
    Object.entries(forCommands)
      .map(([setting, value]) => `${setting}='${value}'\n`)
      .join(""),
  );

  const env = {
    ...settings,
    ENCRYPTION_KEYS: encryptionKeys,
    ADMIN_CLIENT_ID: demo.admin.client_id,
    ADMIN_CLIENT_SECRETS: demo.admin.secret,
  };
  const api = startChild({ name: "API", script: "api/serve.bun.ts", log: join(dataDir, "api.log"), env });
  closers.unshift(() => api.stop());
  const worker = startChild({
    name: "worker",
    script: "worker/main.ts",
    log: join(dataDir, "worker.log"),
    env: { ...env, BUN_CONFIG_MAX_HTTP_REQUESTS: "1000" },
  });
  closers.unshift(() => worker.stop());
  await untilReady(api, `${apiUrl}/_ready`);
  await untilReady(worker, `http://localhost:${ports.WORKER_METRICS_PORT}/_ready`);

  console.log(welcome(demo, { root, dataDir }));
  await Promise.race([api, worker].map(ended));
}

async function openPostgres(dataDir: string): Promise<string> {
  const given = process.env.DATABASE_URL;
  if (given) return given;
  const folder = join(dataDir, "postgres");
  step(`Starting Postgres in ${folder}`);
  const postgres = await startPostgres({ dataDir: folder, durable: true });
  closers.unshift(() => postgres.stop());
  return postgres.url;
}

interface ServiceOptions {
  dataDir: string;
  apiUrl: string;
  sandboxUrl: string;
  settings: Record<string, string>;
}

/** The demo service, and the keys that what it has is encrypted with. */
async function openService({
  settings,
  ...options
}: ServiceOptions): Promise<{ demo: Demo; encryptionKeys: string }> {
  const sql = openDatabase(settings.DATABASE_URL ?? "", {
    name: "pillarbox start",
    connections: 1,
    statementTimeoutMs: 10_000,
  });
  try {
    const encryptionKeys = await openEncryptionKeys(options.dataDir, sql);
    // A fault in a setting of the caller's is told here, not in two logs.
    const config = readConfig({ ...process.env, ...settings, ENCRYPTION_KEYS: encryptionKeys });
    const cipher = await createCipher(config.encryptionKeys);
    return { demo: await openDemo({ ...options, sql, cipher }), encryptionKeys };
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function textsOf(ports: Record<string, number>): Record<string, string> {
  return Object.fromEntries(Object.entries(ports).map(([setting, port]) => [setting, String(port)]));
}

/** Where callbacks may go beside the internet: to the sandbox, to receivers on this machine, and to the caller's own. */
function allowedRanges(): string {
  return ["127.0.0.0/8", "::1", process.env.CALLBACK_ALLOWED_CIDRS].filter(Boolean).join(",");
}

const sandboxTopic = "arn:aws:sns:eu-west-1:000000000000:sandbox";

/** Points every provider at the sandbox, whatever the caller's own settings are: nothing goes out. */
function sandboxSettings(sandboxUrl: string): Record<string, string> {
  return {
    MMG_URL: `${sandboxUrl}/mmg`,
    MMG_API_KEY: "sandbox",
    MMG_RECEIPT_URL: "",
    MMG_RECEIPT_CREDENTIALS: "",
    MMG_INBOUND_CREDENTIALS: "",
    FIRETEXT_URL: `${sandboxUrl}/firetext`,
    FIRETEXT_API_KEY: "sandbox",
    FIRETEXT_RECEIPT_URL: "",
    FIRETEXT_RECEIPT_CREDENTIALS: "",
    FIRETEXT_INBOUND_CREDENTIALS: "",
    SES_URL: `${sandboxUrl}/ses`,
    SES_ACCESS_KEY_ID: "sandbox",
    SES_SECRET_ACCESS_KEY: "sandbox",
    SES_TOPIC_ARNS: sandboxTopic,
    SNS_TRUSTED_ORIGINS: sandboxUrl,
    CALLBACK_ALLOWED_CIDRS: allowedRanges(),
    CALLBACK_PROXY_URL: "",
    SMTP_URL: "",
    DVLA_API: "sftp",
    DVLA_SFTP_PRIVATE_KEY: "",
    DVLA_SFTP_RENAMES: "true",
    DVLA_SFTP_UPLOAD_DIR: "notify",
    DVLA_SFTP_DISPATCH_DIR: "dispatch",
    DVLA_TOPIC_ARNS: sandboxTopic,
    DVLA_VOLUMES_RECIPIENTS: "",
    ...cbcSettings(sandboxUrl),
    ALERT_WEBHOOK_URL: `${sandboxUrl}/alerts`,
    ZENDESK_URL: "",
    HEARTBEAT_URLS: "",
    // What the sandbox was told to hold up is given back soon.
    WORKER_STOP_MS: process.env.WORKER_STOP_MS || "5000",
  };
}

/** The networks' proxies, at the sandbox; the public's list of alerts is nowhere. */
function cbcSettings(sandboxUrl: string): Record<string, string> {
  return {
    BROADCAST_NETWORKS: "",
    CBC_PROXY_ENABLED: "true",
    CBC_PROXY_API: "http",
    CBC_PROXY_SITE_1_URL: `${sandboxUrl}/cbc/1`,
    CBC_PROXY_SITE_2_URL: `${sandboxUrl}/cbc/2`,
    CBC_PROXY_SECRET: "sandbox",
    GOVUK_ALERTS_PUBLISH_URL: "",
  };
}

/** Throws when the process has ended. */
async function ended({ name, exited, log }: Child): Promise<never> {
  throw new Error(`The ${name} ended with exit code ${await exited}: see ${log}`);
}

function step(line: string): void {
  console.log(`· ${line}`);
}

/** In the order opposite to the start. */
async function stop(code: number): Promise<never> {
  stopping = { sinceMs: performance.now() };
  for (const close of closers) await Promise.race([close().catch(() => {}), Bun.sleep(15_000)]);
  // What did not end in time is killed with us.
  process.exit(code);
}

/** The first signal stops in order, a second at once. */
function onSignal(): void {
  if (stopping === null) {
    console.log("\n· Stopping; Ctrl-C once more ends it at once");
    void stop(0);
    // One Ctrl-C comes twice: `bun run` passes on what the terminal sent us too.
  } else if (performance.now() - stopping.sinceMs > 1000) {
    process.exit(1);
  }
}

/** `bun run` cannot tell us when it is killed. */
function stopWithParent(): void {
  const parent = process.ppid;
  const isRun = process.env.npm_lifecycle_event === "start";
  // Always, for it also keeps us alive: we end in stop() alone.
  setInterval(() => {
    if (isRun && process.ppid !== parent && stopping === null) void stop(1);
  }, 500);
}

function wantsHelp(): boolean {
  try {
    return parseArgs({ options: { help: { type: "boolean", short: "h", default: false } } }).values.help;
  } catch (error) {
    console.error(`Cannot start: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

if (wantsHelp()) {
  console.log(usage);
  process.exit(0);
}
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
stopWithParent();
try {
  await start();
} catch (error) {
  // What breaks because we stop is no fault.
  if (stopping === null) {
    console.error((error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " "));
    await stop(1);
  }
}
