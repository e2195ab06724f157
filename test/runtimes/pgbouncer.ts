import { spawn } from "node:child_process";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../support/free-port.ts";
import { ordinaryUser } from "../support/postgres-binaries.ts";
import { until } from "../support/until.ts";

/** Debian puts it where only root looks. */
const places = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"];

export interface Bouncer extends AsyncDisposable {
  /** As the one it was started for, but through the pooler. */
  url: string;
}

/**
 * PgBouncer in transaction mode before the database, with fewer sessions than there will be clients. Statements wait for
 * one as long as said.
 */
export async function startPgBouncer(databaseUrl: string, waitSeconds: number): Promise<Bouncer> {
  const { hostname, port, username, password } = new URL(databaseUrl);
  const program = places.find((place) => Bun.file(place).size > 0) ?? Bun.which("pgbouncer");
  if (!program) throw new Error("Cannot find pgbouncer: install the package of that name (.ci/packages)");
  // It refuses to run as root, like Postgres.
  const runAs = ordinaryUser();
  const folder = await mkdtemp(join(tmpdir(), "pillarbox-pgbouncer-"));
  const config = join(folder, "pgbouncer.ini");
  const listenPort = freePort();
  const upstream = { host: hostname, port, user: username, password: decodeURIComponent(password) };
  await writeFile(
    config,
    `[databases]
* = ${Object.entries(upstream)
      .map(([key, value]) => `${key}='${value}'`)
      .join(" ")}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 8
max_client_conn = 2000
server_login_retry = 1
query_wait_timeout = ${waitSeconds}
`,
    { mode: 0o600 },
  );
  if (runAs.uid !== undefined && runAs.gid !== undefined) {
    for (const path of [folder, config]) await chown(path, runAs.uid, runAs.gid);
  }

  const child = spawn(program, [config], { ...runAs, cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const exited = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += `${chunk}`;
  });
  const stop = async () => {
    child.kill("SIGKILL");
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until(() => {
      if (child.exitCode !== null) throw new Error(`PgBouncer ended: ${said}`);
      return said.includes("process up");
    }, "PgBouncer is up");
  } catch (error) {
    await stop();
    throw error;
  }
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${listenPort}`;
  return { url: url.href, [Symbol.asyncDispose]: stop };
}
