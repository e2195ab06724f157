import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { freePort } from "../support/free-port.ts";
import { denoBinary, workerdBinary } from "./binaries.ts";
import { edgeBundle } from "./edge-bundle.ts";
import { startPgBouncer } from "./pgbouncer.ts";
import { type Server, startServer } from "./server.ts";

/** A way to run the API: a runtime, and what stands between it and the database. */
export interface Lane {
  name: string;
  /** Starts the API on this database. */
  start(databaseUrl: string, env?: Record<string, string>): Promise<Server>;
  /** A process of ours, which ends where it cannot start, and can be told to stop. */
  isProcess: boolean;
  /** It shares a few connections between requests, so that several hundred at once are no trouble. */
  takesHundreds: boolean;
}

const encryptionKeys = `test:${Buffer.alloc(32, 7).toString("base64")}`;

export const lanes: readonly Lane[] = [
  { name: "Bun", start: startBun, isProcess: true, takesHundreds: true },
  { name: "Deno", start: startDeno, isProcess: true, takesHundreds: true },
  { name: "workerd", start: startWorkerd, isProcess: false, takesHundreds: false },
  {
    name: "Bun through PgBouncer",
    start: (url, env) =>
      throughPgBouncer(url, env, (pooled) => startBun(pooled, { ...transactionPooler, ...env })),
    isProcess: true,
    takesHundreds: true,
  },
  {
    name: "workerd through PgBouncer, bound as Hyperdrive",
    start: (url, env) => throughPgBouncer(url, env, (pooled) => startWorkerd(pooled, env, "HYPERDRIVE")),
    isProcess: false,
    takesHundreds: true,
  },
];

/** The command people use, run without npm's script between. */
const Package = v.object({ scripts: v.object({ "api:deno": v.string() }) });

const transactionPooler = { DATABASE_POOLER: "transaction" };

function startBun(databaseUrl: string, env: Record<string, string> = {}): Promise<Server> {
  return startOnPort("Bun", [process.execPath, "api/serve.bun.ts"], databaseUrl, env);
}

async function startDeno(databaseUrl: string, env: Record<string, string> = {}): Promise<Server> {
  const { scripts } = v.parse(Package, await Bun.file(join(import.meta.dir, "../../package.json")).json());
  const [, ...args] = scripts["api:deno"].split(" ");
  return startOnPort("Deno", [denoBinary(), ...args], databaseUrl, env);
}

function startOnPort(
  name: string,
  command: string[],
  databaseUrl: string,
  env: Record<string, string>,
): Promise<Server> {
  const port = freePort();
  return startServer({
    name,
    command,
    url: `http://127.0.0.1:${port}`,
    env: {
      DATABASE_URL: databaseUrl,
      ENCRYPTION_KEYS: encryptionKeys,
      API_PORT: String(port),
      LOG_LEVEL: "info",
      ...env,
    },
  });
}

/** The bundle that would be deployed, with settings as bindings. */
async function startWorkerd(
  databaseUrl: string,
  env: Record<string, string> = {},
  binding: "DATABASE_URL" | "HYPERDRIVE" = "DATABASE_URL",
): Promise<Server> {
  const bundle = await edgeBundle();
  const folder = await mkdtemp(join(bundle.folder, "workerd-"));
  const port = freePort();
  const settings = { DATABASE_URL: databaseUrl, ENCRYPTION_KEYS: encryptionKeys, LOG_LEVEL: "warn", ...env };
  const texts = Object.keys(settings).filter((name) => binding === "DATABASE_URL" || name !== "DATABASE_URL");
  const bindings = texts.map((name) => `(name = "${name}", fromEnvironment = "${name}")`);
  if (binding === "HYPERDRIVE") {
    const value = JSON.stringify(JSON.stringify({ connectionString: databaseUrl }));
    bindings.push(`(name = "HYPERDRIVE", json = ${value})`);
  }
  const modules = bundle.modules.map((name) => `(name = "${name}", esModule = embed "../${name}")`);
  const config = join(folder, "config.capnp");
  await writeFile(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [${modules.join(", ")}],
  compatibilityDate = "2026-11-01",
  bindings = [${bindings.join(", ")}],
);
`,
    { mode: 0o600 },
  );
  return startServer({
    name: "workerd",
    command: [workerdBinary(), "serve", config],
    url: `http://127.0.0.1:${port}`,
    env: settings,
  });
}

/** Statements wait there for less long than requests wait for them: none is carried out that was refused. */
async function throughPgBouncer(
  databaseUrl: string,
  { ADMIT_TIMEOUT_MS = "5000" }: Record<string, string> = {},
  start: (pooledUrl: string) => Promise<Server>,
): Promise<Server> {
  const bouncer = await startPgBouncer(
    databaseUrl,
    Math.max(1, Math.floor(Number(ADMIT_TIMEOUT_MS) / 1000) - 1),
  );
  try {
    const server = await start(bouncer.url);
    return {
      ...server,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await bouncer[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await bouncer[Symbol.asyncDispose]();
    throw error;
  }
}
