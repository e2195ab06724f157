import { expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../..");

/** Runs files of these texts as `bun run test` runs ours. */
async function runSuite(files: Record<string, string>): Promise<{ code: number; said: string }> {
  const folder = await mkdtemp(join(tmpdir(), "pillarbox-suite-"));
  try {
    const paths = Object.keys(files).map((name) => join(folder, `${name}.test.ts`));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.test.ts`), text);
    const run = Bun.spawn([process.execPath, "test/suite.ts", ...paths], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const texts = await Promise.all([run.stdout, run.stderr].map((stream) => new Response(stream).text()));
    return { code: await run.exited, said: texts.join("") };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A test that tells which database server and template it was given. */
const template = (name: string) => `
import { test } from "bun:test";
import { testDatabase } from ${JSON.stringify(join(root, "test/support/postgres.ts"))};
test("${name}", async () => {
  await using database = await testDatabase();
  console.log("port " + new URL(database.url).port);
});`;

test("files share one Postgres, and all passed is said as such", async () => {
  const { code, said } = await runSuite({ one: template("one"), other: template("other") });

  expect([code, /^ 2 pass$/m.test(said), /^ 0 fail$/m.test(said)]).toEqual([0, true, true]);
  const ports = said.match(/^port \d+$/gm) ?? [];
  expect([ports.length, new Set(ports).size]).toEqual([2, 1]);
});

test("one that ends its process has failed, and the others count", async () => {
  const dies = 'import { test } from "bun:test"; test("dies", () => process.exit(0));';
  const passes = 'import { test } from "bun:test"; test("passes", () => {});';

  const { code, said } = await runSuite({ dies, passes });

  expect([code, /^ 1 pass$/m.test(said), /^ 1 fail$/m.test(said)]).toEqual([1, true, true]);
});
