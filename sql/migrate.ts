import { readdir, readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { runner } from "node-pg-migrate";
import pg from "pg";
import { PgBoss, type QueueOptions } from "pg-boss";
import {
  heartbeatSeconds,
  type Queue,
  queues,
  recoveryDelaySeconds,
  retention,
  urgent,
} from "../shared/queue/jobs.ts";

/** Where the names of applied migrations are kept, in column `name`, without `.sql`. */
const migrationsTable = "pillarbox_migrations";

/** Any number would do; every `migrate` on a database takes the same. */
const lock = 7_355_608_113;

export interface MigrateOptions {
  /** Hears one line for each thing changed. */
  log?: (line: string) => void;
  /** Where the migrations are; for tests. */
  folder?: string;
}

/**
 * Brings a database up to date: pg-boss's schema, then our migrations, which refer to it, then the queues. Forward
 * only, each migration in its own transaction, under a lock: a second caller waits and then finds nothing to do.
 * Throws `Cannot migrate: …` and leaves what was applied before the fault.
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<void> {
  const log = options.log ?? (() => {});
  const client = await connect(databaseUrl);
  try {
    // Waits: two machines of one release start together.
    await client.query("select pg_advisory_lock($1)", [lock]);
    // A migration that waits for a table holds up all who come after it: rather fail, and be run again.
    await client.query("set lock_timeout = '10s'");
    const installed = await queueVersion(client);
    await withQueue(databaseUrl, async (boss) => {
      const version = await queueVersion(client);
      if (version !== installed)
        log(
          installed === null ? `Installed pg-boss ${version}` : `Updated pg-boss ${installed} to ${version}`,
        );
      await applyMigrations(client, options.folder ?? migrationsFolder, log);
      await updateQueues(boss, log);
    });
  } catch (error) {
    throw new Error(`Cannot migrate: ${reason(error)}`, { cause: error });
  } finally {
    // Also gives the lock back.
    await client.end().catch(() => {});
  }
}

const migrationsFolder = fileURLToPath(new URL("migrations", import.meta.url));

/** Thrown where the database cannot be used at all. */
class NoDatabase extends Error {}

async function connect(databaseUrl: string): Promise<pg.Client> {
  if (!/^postgres(ql)?:$/.test(URL.parse(databaseUrl)?.protocol ?? "")) {
    throw new NoDatabase("Cannot migrate: DATABASE_URL is not a postgres:// URL");
  }
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 10_000,
    application_name: "pillarbox migrate",
  });
  // A connection lost while idle is noticed by the next query.
  client.on("error", () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw new NoDatabase(`Cannot migrate: no connection to ${client.host}:${client.port}: ${reason(error)}`, {
      cause: error,
    });
  }
}

/** The version of pg-boss's schema, or null where there is none. */
async function queueVersion(client: pg.Client): Promise<number | null> {
  const { rows } = await client.query("select to_regclass('pgboss.version') is not null as installed");
  if (!rows[0]?.installed) return null;
  return (await client.query("select version from pgboss.version")).rows[0]?.version ?? null;
}

/** Installs or updates pg-boss's schema, which it does when it starts, and lends the started pg-boss. */
async function withQueue(connectionString: string, use: (boss: PgBoss) => Promise<void>): Promise<void> {
  const boss = new PgBoss({
    connectionString,
    schema: "pgboss",
    application_name: "pillarbox migrate",
    max: 2,
    migrate: true,
    // No upkeep, no schedules: this process only installs.
    supervise: false,
    schedule: false,
  });
  // Its failures arrive as rejections too.
  boss.on("error", () => {});
  try {
    await boss.start();
    await use(boss);
  } finally {
    await boss.stop({ graceful: false, close: true }).catch(() => {});
  }
}

async function applyMigrations(
  dbClient: pg.Client,
  folder: string,
  log: (line: string) => void,
): Promise<void> {
  for (const file of await readdir(folder)) {
    if (!/^\d{4}_[a-z0-9_]+\.sql$/.test(file)) throw new Error(`${file} is not named like 0001_name.sql`);
  }
  let current = folder;
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const applied = await runner({
    dbClient,
    dir: folder,
    direction: "up",
    migrationsTable,
    // Ours is held for more than this.
    noLock: true,
    singleTransaction: false,
    logger: quiet,
    migrationLoaderStrategies: [
      {
        extensions: [".sql"],
        // The whole file goes up and nothing goes down; the library's own loader looks for `-- Down` in comments.
        loader: async (paths) => {
          const units = [];
          for (const path of paths) {
            const sql = await readFile(path, "utf8");
            const up = (pgm: { sql(text: string): void }) => {
              current = basename(path);
              pgm.sql(sql);
            };
            units.push({ id: path, filePaths: [path], actions: { up, down: false as const } });
          }
          return units;
        },
      },
    ],
  }).catch((error: unknown) => {
    throw new Error(`${current}: ${reason(error)}`, { cause: error });
  });
  for (const { name } of applied) log(`Applied ${name}`);
}

/** Creates the queues that are missing and changes those that differ; a queue that is gone from the table is kept. */
async function updateQueues(boss: PgBoss, log: (line: string) => void): Promise<void> {
  const existing = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
  for (const [name, { policy }] of Object.entries<Queue>(queues)) {
    if (existing.has(name)) continue;
    await boss.createQueue(name, policy && { policy });
    log(`Created queue ${name}`);
  }
  // After all exist: a dead letter queue must.
  for (const [name, queue] of Object.entries<Queue>(queues)) {
    const wanted = queueOptions(queue);
    const found = existing.get(name);
    if (found !== undefined && isDeepStrictEqual({ ...found, ...wanted }, { ...found })) continue;
    await boss.updateQueue(name, wanted);
    if (found !== undefined) log(`Updated queue ${name}`);
  }
}

function queueOptions(queue: Queue): QueueOptions & { deadLetter: string | null } {
  const noticing = queue.isUrgent ? urgent : { heartbeatSeconds, recoveryDelaySeconds };
  return {
    retryLimit: queue.retries,
    // pg-boss's own retries are of lost jobs; the worker sets the delay of those that failed.
    retryDelay: noticing.recoveryDelaySeconds,
    expireInSeconds: queue.expireSeconds,
    heartbeatSeconds: noticing.heartbeatSeconds,
    deleteAfterSeconds: retention.doneSeconds,
    retentionSeconds: retention.waitingSeconds,
    deadLetter: queue.deadLetter ?? null,
  };
}

/** Postgres' own words, or the code of a failed connection, whose message may be empty. */
function reason(error: unknown): string {
  if (error instanceof AggregateError) return reason(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.message || ("code" in error ? String(error.code) : error.name);
}

if (import.meta.main) {
  const databaseUrl = process.env.DATABASE_URL;
  try {
    if (databaseUrl === undefined || databaseUrl === "")
      throw new NoDatabase("Cannot migrate: DATABASE_URL is not set");
    let changes = 0;
    await migrate(databaseUrl, {
      log(line) {
        changes++;
        console.log(line);
      },
    });
    if (changes === 0) console.log("Nothing to do: the database is up to date");
  } catch (error) {
    console.error(reason(error));
    // 2: no database to migrate; 1: it would not be migrated.
    process.exitCode = error instanceof NoDatabase ? 2 : 1;
  }
}
