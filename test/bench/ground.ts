import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { openDatabase, type Pool } from "../../shared/database.ts";
import { type Cipher, createCipher } from "../../shared/encryption.ts";
import { createApiKey, createService } from "../../shared/service/setup.ts";
import { createTemplate } from "../../shared/template/queries.ts";
import { migrate } from "../../sql/migrate.ts";
import { startPostgres } from "../support/postgres.ts";

export interface Ground extends AsyncDisposable {
  databaseUrl: string;
  sql: Pool;
  cipher: Cipher;
  env: Record<string, string>;
  /** Starts one of our processes and resolves when `http://127.0.0.1:{readyPort}/_ready` answers. */
  start(script: string, readyPort: number, env?: Record<string, string>): Promise<Bun.Subprocess>;
  addService(name: string): Promise<BenchService>;
  /** Ends it with the ground, however that ends. */
  use<T extends AsyncDisposable>(part: T): T;
}

export interface BenchService {
  id: string;
  key: string;
  smsTemplate: string;
  emailTemplate: string;
  /** An Authorization header, as the official clients make one: new each second. */
  authorization(): string;
}

/** A durable Postgres of the bench's own, migrated; everything ends with it and nothing is left behind. */
export async function openGround(): Promise<Ground> {
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(join(tmpdir(), "pillarbox-bench-"));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  const postgres = stack.use(await startPostgres({ dataDir, durable: true }));
  await migrate(postgres.url);
  const sql = openDatabase(postgres.url, { name: "bench", connections: 4, statementTimeoutMs: 600_000 });
  stack.defer(() => sql.end({ timeout: 1 }));
  const key = new Uint8Array(32).fill(9);
  const cipher = await createCipher([{ id: "bench", bytes: key }]);
  const env = {
    DATABASE_URL: postgres.url,
    ENCRYPTION_KEYS: `bench:${Buffer.from(key).toString("base64")}`,
    LOG_LEVEL: "warn",
    BUN_CONFIG_MAX_HTTP_REQUESTS: "1000",
  };
  const children: Bun.Subprocess[] = [];
  stack.defer(async () => {
    await Promise.all(children.map(end));
  });
  const parts = stack.move();
  open.add(parts);

  return {
    databaseUrl: postgres.url,
    sql,
    cipher,
    env,
    async start(script, readyPort, more = {}) {
      const child = Bun.spawn([process.execPath, script], {
        cwd: join(import.meta.dir, "../.."),
        env: { ...process.env, ...env, ...more },
        stdin: "ignore",
        stdout: "inherit",
        stderr: "inherit",
      });
      children.push(child);
      await untilReady(child, script, `http://127.0.0.1:${readyPort}/_ready`);
      return child;
    },
    async addService(name) {
      const id = await createService(sql, { name, restricted: false, smsSender: "Bench", replyTo: null });
      // Nothing but the machine is to limit the bench.
      await sql`update services set rate_limit = 100000000 where id = ${id}`;
      const apiKey = await createApiKey(sql, cipher, { serviceId: id, name: "bench", type: "normal" });
      const smsTemplate = await createTemplate(sql, {
        serviceId: id,
        name: "Bench",
        type: "sms",
        content: "Dear ((name)), your appointment is on ((day)) at ((time)). Reply to change it.",
        subject: null,
      });
      const emailTemplate = await createTemplate(sql, {
        serviceId: id,
        name: "Bench",
        type: "email",
        content: "Dear ((name))\n\n# Your appointment\n\n* ((day))\n* ((time))",
        subject: "Your appointment on ((day))",
      });
      return {
        id,
        key: apiKey,
        smsTemplate,
        emailTemplate,
        authorization: await signer(id, apiKey.slice(-36)),
      };
    },
    use: (part) => parts.use(part),
    async [Symbol.asyncDispose]() {
      open.delete(parts);
      await parts.disposeAsync();
    },
  };
}

const open = new Set<AsyncDisposableStack>();

/** For a bench that is interrupted. */
export async function closeGrounds(): Promise<void> {
  for (const parts of open) await parts.disposeAsync();
}

/** A child that does not stop in time is killed: nothing may outlive the bench. */
async function end(child: Bun.Subprocess): Promise<void> {
  child.kill("SIGTERM");
  const patience = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await child.exited;
  clearTimeout(patience);
}

async function signer(serviceId: string, secret: string): Promise<() => string> {
  const key = new TextEncoder().encode(secret);
  const sign = () =>
    new SignJWT({})
      .setProtectedHeader({ typ: "JWT", alg: "HS256" })
      .setIssuer(serviceId)
      .setIssuedAt()
      .sign(key);
  let token = await sign();
  const timer = setInterval(async () => {
    token = await sign();
  }, 1000);
  timer.unref();
  return () => `Bearer ${token}`;
}

async function untilReady(child: Bun.Subprocess, script: string, url: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`${script} ended with exit code ${child.exitCode}`);
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => null);
    await response?.arrayBuffer();
    if (response?.ok) return;
    await Bun.sleep(50);
  }
  throw new Error(`${script} was not ready in 30 s`);
}
