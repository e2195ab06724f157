import { join, resolve } from "node:path";
import { migrate } from "../../sql/migrate.ts";
import { startSandbox } from "../sandbox/sandbox.ts";
import { startPostgres } from "../support/postgres.ts";
import { type Child, startChild, untilReady } from "./children.ts";
import { openDemo, openEncryptionKeys } from "./demo.ts";
import { assertFree, readPort } from "./ports.ts";
import { welcome } from "./welcome.ts";

const closers: (() => Promise<unknown>)[] = [];
let stopping = false;

/** Everything on one machine: Postgres, sandbox, API, worker and a demo service; see README. */
async function start(): Promise<void> {
  const dataDir = resolve(process.env.PILLARBOX_DATA_DIR || ".data");
  const apiPort = readPort("API_PORT", 6011);
  const sandboxPort = readPort("SANDBOX_PORT", 6099);
  const metricsPort = readPort("WORKER_METRICS_PORT", 9464);
  await assertFree(apiPort, "API_PORT");
  await assertFree(sandboxPort, "SANDBOX_PORT");
  await assertFree(metricsPort, "WORKER_METRICS_PORT");

  const encryptionKeys = await openEncryptionKeys(dataDir);
  const databaseUrl = await openPostgres(dataDir);
  step("Migrating the database");
  await migrate(databaseUrl);

  const apiUrl = `http://localhost:${apiPort}`;
  const sandbox = await startSandbox({ port: sandboxPort, receipts: { apiUrl } });
  closers.unshift(async () => sandbox[Symbol.asyncDispose]());
  const demo = await openDemo({ dataDir, databaseUrl, encryptionKeys, apiUrl, sandboxUrl: sandbox.url });

  step("Starting the API and the worker");
  const env = {
    DATABASE_URL: databaseUrl,
    ENCRYPTION_KEYS: encryptionKeys,
    API_PORT: String(apiPort),
    WORKER_METRICS_PORT: String(metricsPort),
    ...sandboxSettings(sandbox.url),
  };
  const api = startChild({ name: "api", script: "api/serve.bun.ts", dataDir, env });
  closers.unshift(() => api.stop());
  const worker = startChild({ name: "worker", script: "worker/main.ts", dataDir, env });
  closers.unshift(() => worker.stop());
  await untilReady(api, `${apiUrl}/_ready`, 30_000).catch((error) => failed(error, api, dataDir));
  const workerReady = `http://localhost:${metricsPort}/_ready`;
  await untilReady(worker, workerReady, 30_000).catch((error) => failed(error, worker, dataDir));

  console.log(welcome(demo, dataDir));
  const [name, code] = await Promise.race(
    [api, worker].map(async (child) => [child.name, await child.exited] as const),
  );
  if (!stopping)
    throw new Error(`The ${name} ended with exit code ${code}: see ${join(dataDir, `${name}.log`)}`);
}

function failed(error: Error, { name }: Child, dataDir: string): never {
  throw new Error(`Cannot start: ${error.message}; see ${join(dataDir, `${name}.log`)}`);
}

async function openPostgres(dataDir: string): Promise<string> {
  const given = process.env.DATABASE_URL;
  if (given) return given;
  step("Starting Postgres");
  const postgres = await startPostgres({ dataDir: join(dataDir, "postgres"), durable: true });
  closers.unshift(() => postgres.stop());
  return postgres.url;
}

/** Points every provider at the sandbox. */
function sandboxSettings(sandboxUrl: string): Record<string, string> {
  return {
    MMG_URL: `${sandboxUrl}/mmg`,
    MMG_API_KEY: "sandbox",
    FIRETEXT_URL: `${sandboxUrl}/firetext`,
    FIRETEXT_API_KEY: "sandbox",
    SES_URL: `${sandboxUrl}/ses`,
    SES_ACCESS_KEY_ID: "sandbox",
    SES_SECRET_ACCESS_KEY: "sandbox",
    SES_TOPIC_ARNS: "arn:aws:sns:eu-west-1:000000000000:sandbox",
    SNS_TRUSTED_ORIGINS: sandboxUrl,
  };
}

function step(line: string): void {
  console.log(`· ${line}`);
}

/** In the order opposite to the start; a second signal does not wait. */
async function stop(code: number): Promise<void> {
  if (stopping) process.exit(code || 1);
  stopping = true;
  for (const close of closers) await close().catch(() => {});
  process.exit(code);
}

process.on("SIGINT", () => {
  console.log("\n· Stopping");
  void stop(0);
});
process.on("SIGTERM", () => void stop(0));

try {
  await start();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  await stop(1);
}
