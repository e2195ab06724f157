import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { migrate } from "../../sql/migrate.ts";
import { atEnd } from "./at-end.ts";
import { type RunningPostgres, type ServerOptions, startServer } from "./postgres-server.ts";

/** Starts a Postgres whose data is kept, for `bun start` and benches. It ends when this process does. */
export function startPostgres(options: Omit<ServerOptions, "removeAfter">): Promise<RunningPostgres> {
  return startServer({ ...options, removeAfter: false });
}

export interface TestDatabase extends AsyncDisposable {
  url: string;
}

/**
 * A migrated database of its own, dropped when disposed of, whoever is still connected. Databases are copies of one
 * template, made when the first test asks, on DATABASE_URL's server or a Postgres started for this run.
 */
export async function testDatabase(): Promise<TestDatabase> {
  return copy((await run()).template);
}

/** The same without tables. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return copy("template0");
}

async function copy(template: string): Promise<TestDatabase> {
  const { admin, url } = await run();
  const name = nextName();
  await admin`create database ${admin(name)} template ${admin(template)}`;
  return {
    url: urlOf(url, name),
    async [Symbol.asyncDispose]() {
      await admin`drop database if exists ${admin(name)} with (force)`;
    },
  };
}

interface Run {
  /** Of the server, with rights to create databases. */
  url: string;
  admin: postgres.Sql;
  template: string;
}

let started: Promise<Run> | undefined;

function run(): Promise<Run> {
  started ??= start();
  return started;
}

async function start(): Promise<Run> {
  const ground = groundIn(process.env) ?? (await makeGround());
  const admin = openAdmin(ground.url);
  atEnd.push(async () => {
    // Where files run side by side the end is each file's, and the next one starts afresh.
    started = undefined;
    await admin.end();
    await ground[Symbol.asyncDispose]();
  });
  return { ...ground, admin };
}

/** A server and the template in it. */
interface Ground extends AsyncDisposable {
  url: string;
  template: string;
}

/** One for the processes of a run side by side, which find it in their environment. */
export async function shareGround(): Promise<{ env: Record<string, string> } & AsyncDisposable> {
  const { url, template, [Symbol.asyncDispose]: end } = await makeGround();
  return { env: { [shared.url]: url, [shared.template]: template }, [Symbol.asyncDispose]: end };
}

const shared = { url: "PILLARBOX_TEST_POSTGRES", template: "PILLARBOX_TEST_TEMPLATE" };

function groundIn(env: Record<string, string | undefined>): Ground | null {
  const { [shared.url]: url, [shared.template]: template } = env;
  return url && template ? { url, template, [Symbol.asyncDispose]: async () => {} } : null;
}

async function makeGround(): Promise<Ground> {
  const given = process.env.DATABASE_URL;
  const server = given ? { url: given, stop: async () => {} } : await startTemporary();
  const admin = openAdmin(server.url);
  await dropOldDatabases(admin);
  const template = nextName();
  await admin`create database ${admin(template)} template template0`;
  await migrate(urlOf(server.url, template));
  return {
    url: server.url,
    template,
    async [Symbol.asyncDispose]() {
      await admin`drop database if exists ${admin(template)} with (force)`;
      await admin.end();
      await server.stop();
    },
  };
}

function openAdmin(url: string): postgres.Sql {
  return postgres(url, { max: 4, idle_timeout: 60, onnotice: () => {} });
}

async function startTemporary(): Promise<RunningPostgres> {
  await removeLeftovers();
  const parent = (await hasRoom(memory)) ? memory : tmpdir();
  const dataDir = await mkdtemp(join(parent, `${folderPrefix}${process.pid}-`));
  return startServer({ dataDir, durable: false, removeAfter: true });
}

const folderPrefix = "pillarbox-test-postgres-";

/** A file system in memory, on Linux: copying a database takes 25 ms there, on a disk up to 400. */
const memory = "/dev/shm";

async function hasRoom(folder: string): Promise<boolean> {
  // Containers often have 64 MB.
  const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > 2 ** 31;
}

/** Data of runs whose keeper was killed too. */
async function removeLeftovers(): Promise<void> {
  for (const parent of [memory, tmpdir()]) {
    for (const name of await readdir(parent).catch(() => [])) {
      if (!name.startsWith(folderPrefix)) continue;
      const owner = Number.parseInt(name.slice(folderPrefix.length), 10);
      if (!isAlive(owner)) await removeLeftover(join(parent, name));
    }
  }
}

async function removeLeftover(folder: string): Promise<void> {
  const status = await readFile(join(folder, "postmaster.pid"), "utf8").catch(() => "");
  const server = Number.parseInt(status, 10);
  // The number may be another's by now.
  if (server > 0 && commandOf(server).includes(folder)) process.kill(server, "SIGQUIT");
  await rm(folder, { recursive: true, force: true }).catch(() => {});
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function commandOf(pid: number): string {
  try {
    return execFileSync("ps", ["-o", "command=", "-p", `${pid}`], {
      stdio: ["ignore", "pipe", "ignore"],
    }).toString();
  } catch {
    return "";
  }
}

const prefix = "pillarbox_test_";
let count = 0;

/** Tells runs apart and, in a server that outlives them, old from new. */
function nextName(): string {
  return `${prefix}${startedAt}_${process.pid}_${count++}`;
}

const startedAt = Math.floor(Date.now() / 1000);
const oldAfterSeconds = 6 * 60 * 60;

/** A run that is killed, and the template of each, leave databases behind on DATABASE_URL's server. */
async function dropOldDatabases(admin: postgres.Sql): Promise<void> {
  const databases = await admin<
    { datname: string }[]
  >`select datname from pg_database where datname like ${`${prefix}%`}`;
  for (const { datname } of databases) {
    const age = startedAt - Number.parseInt(datname.slice(prefix.length), 10);
    if (age > oldAfterSeconds) await admin`drop database if exists ${admin(datname)} with (force)`;
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
