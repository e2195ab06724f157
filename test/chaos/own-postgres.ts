import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../../sql/migrate.ts";
import { startPostgres } from "../support/postgres.ts";

/** A migrated Postgres of our own, to be stopped, hung and started again where it was. */
export interface OwnPostgres extends AsyncDisposable {
  url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** kill −9 of all its processes; resolves when they are gone. */
  kill(): Promise<void>;
  /** No process of it does anything until `resume`; its connections stay open. */
  hang(): void;
  resume(): void;
}

/** It keeps its promises to disk, since it is stopped while it is used. */
export async function openPostgres(): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), "pillarbox-chaos-postgres-"));
  let server = await startPostgres({ dataDir, durable: true });
  await migrate(server.url);
  const { url } = server;
  const port = Number(new URL(url).port);
  let hung: number[] = [];

  const resume = () => {
    for (const pid of hung) signal(pid, "SIGCONT");
    hung = [];
  };
  return {
    url,
    stop: () => server.stop(),
    async start() {
      server = await startPostgres({ dataDir, port, durable: true });
    },
    async kill() {
      const postmaster = postmasterOf(dataDir);
      const pids = [postmaster, ...childrenOf(postmaster)];
      // First, so that it starts no more.
      for (const pid of pids) signal(pid, "SIGKILL");
      await server.stop();
    },
    hang() {
      const postmaster = postmasterOf(dataDir);
      // First, so that it starts no more.
      signal(postmaster, "SIGSTOP");
      hung = [postmaster];
      for (const pid of childrenOf(postmaster)) {
        hung.push(pid);
        signal(pid, "SIGSTOP");
      }
    },
    resume,
    async [Symbol.asyncDispose]() {
      resume();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function postmasterOf(dataDir: string): number {
  return Number.parseInt(readFileSync(join(dataDir, "postmaster.pid"), "utf8"), 10);
}

function childrenOf(parent: number): number[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid="]).toString();
  return table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([pid, ppid]) => (ppid === parent && pid !== undefined ? [pid] : []));
}

/** One that has ended meanwhile needs none. */
function signal(pid: number, name: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
