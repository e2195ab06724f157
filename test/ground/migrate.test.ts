import { describe, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { queues, recoveryDelaySeconds } from "../../shared/queue/jobs.ts";
import { migrate } from "../../sql/migrate.ts";
import { emptyDatabase, testDatabase } from "../support/postgres.ts";

describe("migrate", () => {
  test("installs pg-boss, then our migrations, then the queues, and finds nothing to do the second time", async () => {
    await using database = await emptyDatabase();
    const first: string[] = [];
    const second: string[] = [];

    await migrate(database.url, { log: (line) => first.push(line) });
    await migrate(database.url, { log: (line) => second.push(line) });

    expect(first[0]).toMatch(/^Installed pg-boss \d+$/);
    expect(first).toContain("Applied 0001_services");
    for (const name of Object.keys(queues)) expect(first).toContain(`Created queue ${name}`);
    expect(second).toEqual([]);
  });

  test("gives every queue the settings of the table, and mends one that was changed", async () => {
    await using database = await testDatabase();
    await using sql = openPool(database.url);
    await sql.pool`update pgboss.queue set retry_limit = 7, dead_letter = null where name = 'deliver-sms'`;
    const lines: string[] = [];

    await migrate(database.url, { log: (line) => lines.push(line) });

    expect(lines).toEqual(["Updated queue deliver-sms"]);
    const [queue] = await sql.pool`
      select retry_limit, retry_delay, expire_seconds, dead_letter from pgboss.queue where name = 'deliver-sms'`;
    const { retries, expireSeconds, deadLetter } = queues["deliver-sms"];
    expect(queue).toEqual({
      retry_limit: retries,
      retry_delay: recoveryDelaySeconds,
      expire_seconds: expireSeconds,
      dead_letter: deadLetter,
    });
  });

  test("may run from several machines at once", async () => {
    await using database = await emptyDatabase();
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);

    await Promise.all([1, 2, 3].map(() => migrate(database.url, { log })));

    expect(lines.filter((line) => line === "Applied 0001_services")).toHaveLength(1);
  });

  test("says which migration failed and why, and keeps those before it", async () => {
    await using database = await emptyDatabase();
    await using sql = openPool(database.url);
    await using folder = await folderOf({
      // A comment that node-pg-migrate's own loader would take for the way back.
      "0001_good.sql":
        "create table good (id int);\n-- Down migration: there is none.\ncreate table kept (id int);",
      "0002_bad.sql": "create table half (id int); create table good (id int);",
    });

    const attempt = migrate(database.url, { folder: folder.path });

    expect(attempt).rejects.toThrow('Cannot migrate: 0002_bad.sql: relation "good" already exists');
    await attempt.catch(() => {});
    const tables =
      await sql.pool`select table_name from information_schema.tables where table_schema = 'public'`;
    expect(tables.map(({ table_name }) => table_name).sort()).toEqual([
      "good",
      "kept",
      "pillarbox_migrations",
    ]);
    expect(await sql.pool`select name from pillarbox_migrations`).toMatchObject([{ name: "0001_good" }]);
  });

  test("refuses a migration that would come before an applied one, and a file with another name", async () => {
    await using database = await emptyDatabase();
    await using first = await folderOf({ "0002_second.sql": "select 1" });
    await migrate(database.url, { folder: first.path });
    await using late = await folderOf({ "0001_late.sql": "select 1", "0002_second.sql": "select 1" });
    await using odd = await folderOf({ "notes.md": "" });

    expect(migrate(database.url, { folder: late.path })).rejects.toThrow(
      "Not run migration 0001_late is preceding already run migration 0002_second",
    );
    expect(migrate(database.url, { folder: odd.path })).rejects.toThrow(
      "Cannot migrate: notes.md is not named like 0001_name.sql",
    );
  });
});

describe("bun run migrate", () => {
  const cases = [
    { url: "", says: "Cannot migrate: DATABASE_URL is not set" },
    { url: "mysql://localhost/x", says: "Cannot migrate: DATABASE_URL is not a postgres:// URL" },
    { url: "nonsense", says: "Cannot migrate: DATABASE_URL is not a postgres:// URL" },
    { url: "postgres://u:secret@127.0.0.1:1/x", says: "Cannot migrate: no connection to 127.0.0.1:1: " },
  ];
  test.each(cases)("says in one line what is wrong with DATABASE_URL=$url", async ({ url, says }) => {
    const { code, output, faults } = await runScript(url);

    expect(code).toBe(2);
    expect(output).toBe("");
    expect(faults).toStartWith(says);
    expect(faults).not.toContain("secret");
    expect(faults.trim()).not.toContain("\n");
  });

  test("prints what it applied", async () => {
    await using database = await emptyDatabase();

    const first = await runScript(database.url);
    const second = await runScript(database.url);

    expect(first).toMatchObject({ code: 0, faults: "" });
    expect(first.output).toContain("Applied 0001_services\n");
    expect(second).toEqual({ code: 0, faults: "", output: "Nothing to do: the database is up to date\n" });
  });
});

async function runScript(databaseUrl: string) {
  const child = Bun.spawn([process.execPath, "run", "--silent", "migrate"], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = await new Response(child.stdout).text();
  const faults = await new Response(child.stderr).text();
  const code = await child.exited;
  return { output, faults, code };
}

function openPool(url: string) {
  const pool = postgres(url, { max: 1, onnotice: () => {} });
  return { pool, [Symbol.asyncDispose]: () => pool.end() };
}

async function folderOf(files: Record<string, string>) {
  const path = await mkdtemp(join(tmpdir(), "pillarbox-migrations-"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, name), content);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
