import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { isReachableByAll, ordinaryUser, postgresBinaries, type RunAs } from "./postgres-binaries.ts";

export interface ServerOptions {
  /** Made and initialised where it is missing or empty; kept. */
  dataDir: string;
  /** A free one where it is missing. */
  port?: number;
  /** False gives up safety against a power cut for speed: for tests. */
  durable: boolean;
  /** Removes the data folder when Postgres ends. */
  removeAfter: boolean;
}

/** A running Postgres. Both ways to stop it may be called twice. */
export interface RunningPostgres extends AsyncDisposable {
  /** Of a superuser, and the database `postgres`; other databases of the server differ only in the path. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts Postgres on 127.0.0.1. It ends with this process, however that ends: a shell beside it waits for the
 * pipe we hold to close. Ctrl-C in a terminal does not reach it, so those who use it can finish first.
 */
export async function startServer({
  dataDir: given,
  port,
  durable,
  removeAfter,
}: ServerOptions): Promise<RunningPostgres> {
  const dataDir = resolve(given);
  const { runAs, isNew } = await prepareFolder(dataDir);
  const native = await postgresBinaries(runAs);
  // Postgres opens its folder by name, also as a user who may not enter the folders above (a clone under /root);
  // this name leads there all the same.
  const hidden = runAs.uid !== undefined && !(await isReachableByAll(dirname(dataDir)));
  const placeOf = (folder: string) => ({ ...runAs, cwd: folder, name: hidden ? "/proc/self/cwd" : folder });
  const place = placeOf(dataDir);
  if (isNew) {
    // Beside it and then renamed: whoever is killed meanwhile leaves no half folder in our way.
    const draft = await makeDraft(dataDir, runAs);
    await initialise(native, placeOf(draft), durable);
    await rename(draft, dataDir);
  }

  const password = (await readFile(join(dataDir, passwordFile), "utf8")).trim();
  const flags = Object.entries({ ...settings.both, ...(durable ? settings.durable : settings.fast) });
  const command = [
    join(native, "bin", "postgres"),
    `-D${place.name}`,
    ...flags.map(([key, value]) => `--${key}=${value}`),
  ];
  const launchOptions = {
    ...place,
    stopSignal: durable ? "INT" : "QUIT",
    removeAfter: removeAfter ? dataDir : "",
  };

  for (let attempt = 1; ; attempt++) {
    const chosen = port ?? freePort();
    const result = await launch([...command, `-p${chosen}`], launchOptions);
    if (result.ok) {
      const url = `postgres://postgres:${password}@127.0.0.1:${chosen}/postgres`;
      return { url, stop: result.stop, [Symbol.asyncDispose]: result.stop };
    }
    const fault = faultIn(result.output);
    const mayPass = fault === "lock" || (fault === "port" && port === undefined);
    if (!mayPass || attempt === 10) {
      if (removeAfter) await rm(dataDir, { recursive: true, force: true });
      throw new Error(`Cannot start Postgres in ${dataDir}: ${said(fault, result.output, chosen)}`);
    }
    // A run before this one may be stopping its Postgres still.
    await setTimeout(500);
  }
}

/** Enough for a whole test run; a durable one keeps Postgres' own promises. */
const settings = {
  both: { max_connections: "200", jit: "off", unix_socket_directories: "", listen_addresses: "127.0.0.1" },
  durable: { shared_buffers: "256MB", max_wal_size: "2GB" },
  fast: {
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    wal_level: "minimal",
    max_wal_senders: "0",
    // Little, for it may be kept in memory.
    max_wal_size: "512MB",
    checkpoint_timeout: "1h",
    // A vacuum in the template would make those wait who clone it.
    max_connections: "400",
    autovacuum: "off",
    log_min_messages: "log",
  },
};

function faultIn(output: string): "lock" | "port" | null {
  if (output.includes('lock file "postmaster.pid" already exists')) return "lock";
  return output.includes("could not bind") ? "port" : null;
}

function said(fault: "lock" | "port" | null, output: string, port: number): string {
  if (fault === "lock") return "another Postgres is running there";
  return fault === "port" ? `port ${port} is in use` : lastLine(output);
}

const passwordFile = "pillarbox-password";

/** Whose the folder is decides who runs Postgres: it may have been made by an ordinary user, or by root. */
async function prepareFolder(dataDir: string): Promise<{ runAs: RunAs; isNew: boolean }> {
  const entries = await mkdir(dataDir, { recursive: true })
    .then(() => readdir(dataDir))
    .catch((error: Error) => {
      throw new Error(`Cannot use ${dataDir} for Postgres: ${error.message}`);
    });
  const isRoot = process.getuid?.() === 0;
  if (entries.length > 0) {
    if (!entries.includes(passwordFile)) {
      throw new Error(
        `Cannot use ${dataDir}: it is not empty, and not a finished Postgres data folder; remove it to start afresh`,
      );
    }
    const { uid, gid } = await stat(dataDir);
    return { runAs: isRoot ? { uid, gid } : {}, isNew: false };
  }
  return { runAs: ordinaryUser(), isNew: true };
}

/** A folder to initialise in; those of starts that were killed are removed. */
async function makeDraft(dataDir: string, { uid, gid }: RunAs): Promise<string> {
  const prefix = `${dataDir}.draft-`;
  await removeAll(prefix);
  const draft = await mkdtemp(prefix);
  if (uid !== undefined && gid !== undefined) await chown(draft, uid, gid);
  return draft;
}

/**
 * An initdb that was left behind writes on until it misses what was removed; one that does so for longer keeps its
 * folder until the next time.
 */
async function removeAll(prefix: string): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const names = await readdir(dirname(prefix));
    const left = names.filter((name) => name.startsWith(basename(prefix)));
    if (left.length === 0) return;
    if (attempt > 0) await setTimeout(100);
    for (const name of left) {
      // Bun's says nothing where it stopped because another removed a file there meanwhile.
      await rm(join(dirname(prefix), name), { recursive: true, force: true }).catch(() => {});
    }
  }
}

interface Place extends RunAs {
  cwd: string;
  name: string;
}

async function initialise(native: string, { name, ...place }: Place, durable: boolean): Promise<void> {
  const password = randomBytes(24).toString("base64url");
  const { code, output } = await run(
    "/bin/sh",
    [
      "-c",
      // Through a pipe of the shell's: no other user sees it, and ours is a socket, which cannot be opened by name.
      'printf "%s\\n" "$PASSWORD" | "$@"',
      "sh",
      join(native, "bin", "initdb"),
      `--pgdata=${name}`,
      "--username=postgres",
      "--auth=scram-sha-256",
      "--pwfile=/dev/stdin",
      // The same order and letters on every machine, whatever its locales.
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      // A password of 24 random bytes needs no stretching, which every connection would pay for.
      "--set=scram_iterations=1",
      "--no-instructions",
      ...(durable ? [] : ["--no-sync"]),
    ],
    { ...place, env: { PATH: process.env.PATH, PASSWORD: password } },
  );
  if (code !== 0) throw new Error(`Cannot initialise Postgres in ${place.cwd}: ${lastLine(output)}`);
  // Last, because it tells a finished folder.
  const path = join(place.cwd, passwordFile);
  await writeFile(path, `${password}\n`, { mode: 0o600 });
  if (place.uid !== undefined && place.gid !== undefined) await chown(path, place.uid, place.gid);
}

/**
 * The shell is Postgres' parent: it stops Postgres when the pipe of its input closes, which is when we close it or
 * end in any way, and removes the data where it was temporary. It must not write: the other end may be gone.
 */
const keeper = `
"$@" </dev/null &
server=$!
exec 2>/dev/null
read -r keep
kill -s "$STOP_SIGNAL" $server
wait $server
[ -z "$REMOVE_AFTER" ] || [ -n "$keep" ] || rm -rf -- "$REMOVE_AFTER"
`;

async function launch(
  command: string[],
  { name: _, stopSignal, removeAfter, ...place }: Place & { stopSignal: string; removeAfter: string },
): Promise<{ ok: true; stop(): Promise<void> } | { ok: false; output: string }> {
  const child = spawn("/bin/sh", ["-c", keeper, "sh", ...command], {
    ...place,
    env: { STOP_SIGNAL: stopSignal, REMOVE_AFTER: removeAfter, PATH: process.env.PATH, LC_ALL: "C" },
    stdio: ["pipe", "ignore", "pipe"],
    // Its own session: the terminal's Ctrl-C is for us.
    detached: true,
  });
  const closed = new Promise<void>((resolve, reject) =>
    child.once("close", () => resolve()).once("error", reject),
  );
  const stop = () => {
    child.stdin.end();
    return closed;
  };

  let output = "";
  const ready = await new Promise<boolean>((resolve, reject) => {
    child.once("error", reject);
    child.stderr.on("end", () => resolve(false));
    child.stderr.on("data", (chunk) => {
      output = `${output}${chunk}`.slice(-10_000);
      if (output.includes("database system is ready to accept connections")) resolve(true);
    });
  });
  if (!ready) {
    // For another attempt.
    child.stdin.end("keep\n");
    await closed;
    return { ok: false, output };
  }
  // Read on, or the pipe fills and Postgres waits; but do not keep this process alive for it.
  child.stderr.removeAllListeners("data").resume();
  child.unref();
  if ("unref" in child.stderr && typeof child.stderr.unref === "function") child.stderr.unref();
  return { ok: true, stop };
}

function run(
  file: string,
  args: string[],
  options: RunAs & { cwd: string; env?: Record<string, string | undefined> },
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: unknown) => {
      output += `${chunk}`;
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.once("error", reject).once("close", (code) => resolve({ code, output }));
  });
}

/** What Postgres said last that was an error, else what it said last. */
function lastLine(output: string): string {
  const lines = output.trim().split("\n");
  const said = lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? "it said nothing";
  return said.replace(/^.*?(FATAL|PANIC|error): */, "");
}
