import { afterAll, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { emptyDatabase, startPostgres, testDatabase } from "../support/postgres.ts";

describe("startPostgres", () => {
  test("keeps its data over a stop and a start, durably", async () => {
    await using folder = await temporaryFolder();
    const first = await startPostgres({ dataDir: folder.path, durable: true });
    const [row] = await query(first.url, (sql) => sql`select current_setting('fsync') as fsync`);
    await query(first.url, (sql) => sql`create table kept (id int)`);
    await first.stop();

    await using second = await startPostgres({ dataDir: folder.path, durable: true });

    expect(row).toEqual({ fsync: "on" });
    expect(await query(second.url, (sql) => sql`select * from kept`)).toEqual([]);
  });

  test("takes the port it is given, and says so when it is in use", async () => {
    await using folder = await temporaryFolder();
    await using other = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const dataDir = join(folder.path, "data");

    const attempt = startPostgres({ dataDir, port: other.port, durable: false });

    await expect(attempt).rejects.toThrow(
      `Cannot start Postgres in ${dataDir}: port ${other.port} is in use`,
    );
  });

  test("refuses a folder whose initialisation was cut off, in one line", async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, "base"));

    const attempt = startPostgres({ dataDir: folder.path, durable: false });

    await expect(attempt).rejects.toThrow(
      `Cannot use ${folder.path}: it is not empty, and not a finished Postgres data folder; remove it to start afresh`,
    );
  });

  const ends = [
    { how: "when its owner returns", script: "", signal: null },
    { how: "when its owner calls process.exit()", script: "process.exit(0);", signal: null },
    { how: "when its owner throws", script: 'throw new Error("on purpose");', signal: null },
    { how: "when its owner gets Ctrl-C", script: "await Bun.sleep(60_000);", signal: "SIGINT" },
    { how: "when its owner is killed", script: "await Bun.sleep(60_000);", signal: "SIGKILL" },
  ] as const;
  const shared = temporaryFolder();
  afterAll(async () => (await shared)[Symbol.asyncDispose]());
  test.each(ends)("stops $how", async ({ script, signal }) => {
    const folder = await shared;
    const dataDir = join(folder.path, "data");
    const module = join(import.meta.dir, "../support/postgres.ts");
    const program = join(folder.path, "owner.ts");
    await writeFile(
      program,
      `import { startPostgres } from ${JSON.stringify(module)};
       const { url } = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false });
       await Bun.write(Bun.stdout, url + "\\n");
       ${script}`,
    );

    const owner = Bun.spawn([process.execPath, program], { stdio: ["ignore", "pipe", "ignore"] });
    const { value } = await owner.stdout.getReader().read();
    const started = new TextDecoder().decode(value);
    if (signal !== null) owner.kill(signal);
    await owner.exited;

    expect(started).toStartWith("postgres://");
    // Postgres removes its file last.
    await gone(join(dataDir, "postmaster.pid"));
  });

  test.skipIf(process.getuid?.() !== 0)("works for root in a folder no other user may enter", async () => {
    await using folder = await temporaryFolder();
    const dataDir = join(folder.path, "private", "data");
    await mkdir(join(folder.path, "private"), { mode: 0o700 });

    await using server = await startPostgres({ dataDir, durable: false });

    expect(await query(server.url, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }]);
    expect((await stat(dataDir)).uid).not.toBe(0);
  });
});

describe("testDatabase", () => {
  test("gives each test a migrated database of its own, and drops it though somebody is connected", async () => {
    const first = await testDatabase();
    await using second = await testDatabase();
    await using pool = openPool(first.url);
    await pool.sql`create table mine (id int)`;

    await first[Symbol.asyncDispose]();

    const [found] = await query(
      second.url,
      (sql) => sql`
      select to_regclass('mine') as mine, to_regclass('notifications')::text as notifications,
        (select count(*)::int from pg_database where datname = ${new URL(first.url).pathname.slice(1)}) as first`,
    );
    expect(found).toEqual({ mine: null, notifications: "notifications", first: 0 });
  });

  test("sorts text the same on every machine", async () => {
    await using database = await emptyDatabase();

    const rows = await query(database.url, (sql) => sql`select lower('ÄÉ') as low, 'a' < 'B' as folded`);

    expect(rows).toEqual([{ low: "äé", folded: false }]);
  });
});

/** Resolves when the file has been removed; the test's own time limit ends the wait. */
async function gone(path: string): Promise<void> {
  while (await Bun.file(path).exists()) await Bun.sleep(20);
}

async function query(
  url: string,
  ask: (sql: postgres.Sql) => postgres.PendingQuery<postgres.Row[]>,
): Promise<postgres.Row[]> {
  await using pool = openPool(url);
  return [...(await ask(pool.sql))];
}

function openPool(url: string) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  return { sql, [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }) };
}

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "pillarbox-"));
  await Bun.$`chmod 755 ${path}`;
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
