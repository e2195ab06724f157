import { describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openDatabase } from "../../shared/database.ts";
import { assertMigrated, newestMigration } from "../../shared/migrations.ts";
import { emptyDatabase, type TestDatabase, testDatabase } from "../support/postgres.ts";

const root = resolve(import.meta.dir, "../..");
const refusal = `Cannot start: migration ${newestMigration} is missing from the database; run "bun run migrate"`;

describe("newestMigration", () => {
  test("is the last file of sql/migrations", async () => {
    const files = await readdir(join(root, "sql/migrations"));

    expect(files.sort().at(-1)).toBe(`${newestMigration}.sql`);
  });
});

/** A database that an older Pillarbox migrated, as far as assertMigrated can tell. */
async function oldDatabase(): Promise<TestDatabase> {
  const database = await testDatabase();
  await using pool = openPool(database.url);
  await pool.sql`delete from pillarbox_migrations where name = ${newestMigration}`;
  return database;
}

function openPool(url: string) {
  const sql = openDatabase(url, { name: "test", connections: 1, statementTimeoutMs: 10_000 });
  return { sql, [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }) };
}

const unready = [
  { what: "an empty database", open: emptyDatabase },
  { what: "a database an older Pillarbox migrated", open: oldDatabase },
];

describe("assertMigrated", () => {
  test("accepts a migrated database", async () => {
    await using database = await testDatabase();
    await using pool = openPool(database.url);

    await assertMigrated(pool.sql);
  });

  test.each(unready)("refuses $what", async ({ open }) => {
    await using database = await open();
    await using pool = openPool(database.url);

    const asserted = await assertMigrated(pool.sql).then(String, String);

    expect(asserted).toBe(`Error: ${refusal}`);
  });
});

describe.each(["api/serve.bun.ts", "worker/main.ts"])("%s", (script) => {
  test.each(unready)("does not start on $what, says why, and leaves it as it was", async ({ open }) => {
    await using database = await open();
    await using pool = openPool(database.url);
    const countTables = () => pool.sql`select count(*)::int from pg_class`;
    const before = await countTables();

    const child = Bun.spawn([process.execPath, script], {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: database.url,
        ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 1).toString("base64")}`,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [said, alsoSaid] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);

    expect(await child.exited).toBe(1);
    expect(said.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(said)).toMatchObject({ level: 60, msg: refusal });
    expect(alsoSaid).toBe("");
    expect(await countTables()).toEqual(before);
  });

  test("tells its faults in one line of log when a setting is wrong, the level of the log too", async () => {
    const child = Bun.spawn([process.execPath, script], {
      cwd: root,
      env: { PATH: process.env.PATH, LOG_LEVEL: "loud" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [said, alsoSaid] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);

    expect(await child.exited).toBe(1);
    expect(JSON.parse(said).msg).toMatch(/^Cannot read the environment: DATABASE_URL: .*LOG_LEVEL: /);
    expect(alsoSaid).toBe("");
  });
});
