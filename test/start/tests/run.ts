import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { until } from "../../chaos/until.ts";
import { freePort } from "../../support/free-port.ts";
import { assertNoSecrets } from "../../support/log-secrets.ts";
import { isReachableByAll } from "../../support/postgres-binaries.ts";
import { type Demo, readDemo } from "../demo.ts";

export const root = resolve(import.meta.dir, "../../..");

export interface RunOptions {
  dataDir: string;
  /** Over those of the run: ports of its own and nothing of the tests' environment. */
  env?: Record<string, string | undefined>;
  /** `bun run start` where it is missing. */
  command?: string[];
  cwd?: string;
}

/** One `bun start` in a process group of its own, as a terminal makes it. */
export interface Run extends AsyncDisposable {
  pid: number;
  ports: { API_PORT: number; SANDBOX_PORT: number; WORKER_METRICS_PORT: number };
  exited: Promise<number>;
  stdout(): string;
  stderr(): string;
  /** Waits for words on standard output. Throws when the run ends without them. */
  untilSaid(words: string): Promise<void>;
  /** Waits until it says that it is ready, and reads what it wrote to demo.json. */
  untilReady(): Promise<Demo>;
  /** Ctrl-C: to everything in the group. */
  interrupt(): void;
}

/** Our part of `bun start` without the install. */
export const mainCommand = [process.execPath, join(root, "test/start/main.ts")];

/**
 * What stands before a command to run it as an ordinary user; null where root cannot (which is said). It is
 * `nobody`, as Debian numbers it.
 */
export const ordinaryUser = await findOrdinaryUser();

async function findOrdinaryUser(): Promise<string[] | null> {
  if (process.getuid?.() !== 0) return [];
  const setpriv = Bun.which("setpriv");
  const why =
    setpriv === null
      ? "there is no setpriv"
      : (await isReachableByAll(root))
        ? null
        : `only root may enter ${root}`;
  if (setpriv !== null && why === null) {
    return [setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "--"];
  }
  console.log(`Skipped, what an ordinary user meets with bun start: ${why}`);
  return null;
}

export function run({ dataDir, env = {}, command, cwd = root }: RunOptions): Run {
  const ports = { API_PORT: freePort(), SANDBOX_PORT: freePort(), WORKER_METRICS_PORT: freePort() };
  const child = Bun.spawn(command ?? [process.execPath, "run", "start"], {
    cwd,
    env: { ...ownEnvironment(), ...textsOf(ports), PILLARBOX_DATA_DIR: dataDir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const stdout = gather(child.stdout);
  const stderr = gather(child.stderr);
  // With all that it said.
  const exited = Promise.all([child.exited, stdout.ended, stderr.ended]).then(([code]) => code);
  const untilSaid = async (words: string) => {
    await until(() => stdout.text().includes(words) || child.exitCode !== null || child.signalCode !== null, {
      what: () => `"${words}" is said, not only "${stdout.text()}" and "${stderr.text()}"`,
      timeoutMs: 60_000,
      everyMs: 10,
    });
    if (!stdout.text().includes(words)) throw new Error(`It ended without "${words}": ${stderr.text()}`);
  };
  return {
    pid: child.pid,
    ports,
    exited,
    stdout: stdout.text,
    stderr: stderr.text,
    untilSaid,
    async untilReady() {
      await untilSaid("Ctrl-C stops everything");
      const demo = await readDemo(join(dataDir, "demo.json"));
      if (demo === null) throw new Error("There is no demo.json");
      return demo;
    },
    interrupt() {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGINT");
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
      await child.exited;
      await assertDiscreet(dataDir);
    },
  };
}

/** What the tests send to, and with, stands in no log of a run. */
async function assertDiscreet(dataDir: string): Promise<void> {
  const secrets = new Map(["07700900123", "447700900123"].map((to) => [to, "a recipient"]));
  const demo = await readDemo(join(dataDir, "demo.json")).catch(() => null);
  for (const key of Object.values(demo?.api_keys ?? {})) secrets.set(key.slice(-36), "an API key");
  if (demo) {
    secrets.set(demo.callback.bearer_token, "a callback's token");
    secrets.set(demo.broadcast.api_key.slice(-36), "an API key");
    secrets.set(demo.console.password, "a password");
  }
  const logs = ["api.log", "worker.log"].map((name) => readFile(join(dataDir, name), "utf8").catch(() => ""));
  assertNoSecrets(await Promise.all(logs), secrets);
}

/** What every program needs, and none of the settings that tests may be run with. */
export function ownEnvironment(): Record<string, string | undefined> {
  const { PATH, HOME, TMPDIR } = process.env;
  return { PATH, HOME, TMPDIR, NO_COLOR: "1" };
}

function textsOf(ports: Record<string, number>): Record<string, string> {
  return Object.fromEntries(Object.entries(ports).map(([setting, port]) => [setting, `${port}`]));
}

function gather(stream: ReadableStream<Uint8Array>): { text(): string; ended: Promise<void> } {
  let text = "";
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const part of stream) text += decoder.decode(part, { stream: true });
  };
  return { text: () => text, ended: read() };
}

/** Resolves when no process is left that knows this data folder. Looks only where there is /proc. */
export async function untilGone(dataDir: string): Promise<void> {
  let left: string[] = [];
  await until(
    async () => {
      left = await processesOf(dataDir);
      return left.length === 0;
    },
    { what: () => `All have ended, also ${left.join(" and ")}`, timeoutMs: 15_000 },
  );
}

/** The command lines of all that have the folder in theirs or in their environment, but for ourselves. */
export async function processesOf(dataDir: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir("/proc").catch(() => [])) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    // Those that have ended meanwhile have neither.
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
    if (command.includes(dataDir) || environment.includes(dataDir)) found.push(command.replaceAll("\0", " "));
  }
  return found;
}
