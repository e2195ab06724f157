import { describe, expect, test } from "bun:test";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { checksOf } from "../check/checks.ts";
import { importFaults } from "../check/import-rules.ts";

const root = resolve(import.meta.dir, "../..");

describe("import rules", () => {
  const allowed = [
    { path: "shared/a.ts", text: 'import * as v from "valibot"; import { b } from "./template/b.ts";' },
    {
      path: "api/a.ts",
      text: 'import { b } from "../shared/template/b.ts"; import { Hono } from "hono/tiny";',
    },
    { path: "api/serve.bun.ts", text: 'import { pino } from "pino"; Bun.serve({ port: process.env.PORT });' },
    { path: "worker/main.ts", text: 'import { readFile } from "node:fs"; import { PgBoss } from "pg-boss";' },
    {
      path: "sql/migrate.ts",
      text: 'import { queues } from "../shared/queue/jobs.ts"; import pg from "pg";',
    },
    {
      path: "test/a.test.ts",
      text: 'import { test } from "bun:test"; import "../worker/b.ts"; import "../api/b.ts";',
    },
    { path: "api/page.ts", text: 'import script from "./script.js" with { type: "text" };' },
    { path: "worker/page.ts", text: 'import page from "./page.html" with { type: "text" };' },
    // Keys and words are no names.
    { path: "shared/c.ts", text: 'const c = { process: "Bun, Deno" }; job.process(); // process.env' },
    { path: "shared/d.ts", text: "interface Job { process(): void; Buffer: string }" },
  ];
  test.each(allowed)("let pass $path: $text", (source) => {
    expect(faults(source)).toEqual([]);
  });

  const refused = [
    { path: "shared/a.ts", text: 'import "../api/b.ts";', says: "may not import api/b.ts, only from shared" },
    {
      path: "shared/a.ts",
      text: 'import type { B } from "../worker/b.ts";',
      says: "may not import worker/b.ts",
    },
    { path: "shared/a.ts", text: 'import { Hono } from "hono";', says: "may not import the package hono" },
    {
      path: "shared/a.ts",
      text: 'import x from "@scope/x/deep";',
      says: "may not import the package @scope/x",
    },
    {
      path: "api/a.ts",
      text: 'import "../worker/b.ts";',
      says: "may not import worker/b.ts, only from api, shared",
    },
    {
      path: "api/a.ts",
      text: 'import { PgBoss } from "pg-boss";',
      says: "may not import the package pg-boss",
    },
    { path: "api/a.ts", text: 'import { pino } from "pino";', says: "may not import the package pino" },
    {
      path: "worker/a.ts",
      text: 'import "../api/b.ts";',
      says: "may not import api/b.ts, only from worker, shared",
    },
    { path: "worker/a.ts", text: 'import "../test/b.ts";', says: "may not import test/b.ts" },
    {
      path: "worker/a.ts",
      text: 'const b = await import("../sql/migrate.ts");',
      says: "may not import sql/migrate.ts",
    },
    { path: "worker/a.ts", text: 'type B = import("../api/b.ts").B;', says: "may not import api/b.ts" },
    {
      path: "sql/migrate.ts",
      text: 'import "../shared/template/b.ts";',
      says: "may not import shared/template/b.ts",
    },
    { path: "other/a.ts", text: "", says: "stands in no folder the rules know" },
    { path: "shared/a.ts", text: 'import "./template/b";', says: 'imports "./template/b", which is no file' },
    { path: "shared/a.ts", text: 'import "./template";', says: 'imports "./template", which is no file' },
    {
      path: "shared/a.ts",
      text: 'import "./template/b.js";',
      says: 'imports "./template/b.js", which is no file',
    },
    { path: "shared/a.ts", text: 'export * from "./template/b.ts";', says: "passes on an import" },
    { path: "shared/a.ts", text: 'export { b } from "./template/b.ts";', says: "passes on an import" },
    {
      path: "shared/a.ts",
      text: 'import { b } from "./template/b.ts"; export { b };',
      says: "passes on an import",
    },
    { path: "shared/a.ts", text: 'import { join } from "node:path";', says: 'imports "node:path"' },
    { path: "api/a.ts", text: 'import { sql } from "bun";', says: 'imports "bun"' },
    { path: "api/a.ts", text: "const port = process.env.PORT;", says: "names process" },
    { path: "api/a.ts", text: "const port = globalThis.process.env.PORT;", says: "names process" },
    { path: "api/a.ts", text: "const { env } = Deno;", says: "names Deno" },
    { path: "api/a.ts", text: "const x = { Bun };", says: "names Bun" },
    { path: "shared/a.ts", text: 'const b = Buffer.from("");', says: "names Buffer" },
    { path: "api/deep/serve.ts", text: "Bun.serve({});", says: "names Bun" },
  ];
  test.each(refused)("refuse $path: $text", ({ says, ...source }) => {
    expect(faults(source)).toEqual([expect.stringContaining(says)]);
  });

  test("tell the line", () => {
    expect(faults({ path: "api/a.ts", text: "\n\nprocess.exit();" })).toEqual([
      "api/a.ts:3: names process, which not every runtime has",
    ]);
  });

  test("refuse a ring of files, types included, and a ring of shared's folders", () => {
    const files = [
      { path: "worker/a.ts", text: 'import "./b.ts";' },
      { path: "worker/b.ts", text: 'import "./c.ts";' },
      { path: "worker/c.ts", text: 'import type { A } from "./a.ts";' },
    ];
    const folders = [
      { path: "shared/template/a.ts", text: 'import "../service/b.ts";' },
      { path: "shared/service/b.ts", text: "" },
      { path: "shared/service/c.ts", text: 'import "../template/d.ts";' },
      { path: "shared/template/d.ts", text: "" },
    ];

    expect(importFaults(files)).toEqual([
      "worker/a.ts:1: imports in a ring: worker/a.ts → worker/b.ts → worker/c.ts → worker/a.ts",
    ]);
    expect(importFaults(folders)).toEqual([
      "shared/template:1: imports in a ring: shared/template → shared/service → shared/template",
    ]);
  });

  function faults(source: { path: string; text: string }) {
    const others = [
      "api/b.ts",
      "api/script.js",
      "worker/b.ts",
      "test/b.ts",
      "shared/template/b.ts",
      "shared/queue/jobs.ts",
      "sql/migrate.ts",
    ];
    const sources = others.map((path) => ({ path, text: "" })).filter(({ path }) => path !== source.path);
    return importFaults([...sources, source]);
  }
});

describe("bun run check", () => {
  /** A repository that passes, with our settings. */
  const sound = {
    "shared/double.ts": "export function double(n: number): number {\n  return 2 * n;\n}\n",
    "api/serve.bun.ts": 'import { double } from "../shared/double.ts";\n\nBun.gc(double(1) > 1);\n',
    "api/console/scripts/page.js": "document.body.hidden = false;\n",
    "test/main.ts": 'import "../api/serve.bun.ts";\n',
    "sql/migrations/0001_a.sql": "create table a (id uuid primary key);\ncreate index a_id on a (id);\n",
  };
  const cases = [
    { check: "types", file: "worker/a.ts", text: 'export const a: number = "1";\n', says: "TS2322" },
    { check: "types", file: "worker/a.ts", text: "export const a = [1][0].toFixed();\n", says: "TS2532" },
    {
      check: "types, no runtime",
      file: "shared/a.ts",
      text: "export const a = Bun.version;\n",
      says: "'Bun'",
    },
    {
      check: "types, no runtime",
      file: "api/a.ts",
      text: "export const a = process.env;\n",
      says: "'process'",
    },
    {
      check: "types, browser",
      file: "api/console/scripts/page.js",
      text: 'document.body.hidden = "no";\n',
      says: "TS2322",
    },
    { check: "unused", file: "shared/lost.ts", text: "export const a = 1;\n", says: "shared/lost.ts" },
    {
      check: "unused",
      file: "shared/double.ts",
      text: `${sound["shared/double.ts"]}export const b = 1;\n`,
      says: "b ",
    },
    { check: "unused", file: "test/main.ts", text: 'import "not-listed";\n', says: "not-listed" },
    { check: "format and lint", file: "worker/a.ts", text: "export const a = 1", says: "format" },
    {
      check: "format and lint",
      file: "worker/a.ts",
      text: "export let a = 1 as any;\n",
      says: "noExplicitAny",
    },
    { check: "format and lint", file: "worker/a.ts", text: "console.log(1);\n", says: "noConsole" },
    {
      check: "migrations",
      file: "sql/migrations/0002_b.sql",
      text: "alter table a drop column id;\n",
      says: "ban-drop-column",
    },
    {
      check: "migrations",
      file: "sql/migrations/0002_b.sql",
      text: "create index on a (id);\n",
      says: "require-concurrent-index-creation",
    },
    { check: "imports", file: "api/a.ts", text: 'import "../worker/b.ts";\n', says: "api/a.ts:1: " },
  ];

  test("passes a sound repository", async () => {
    await using repository = await repositoryOf(sound);

    for (const { name, run } of checksOf(repository.path)) expect([name, await run()]).toEqual([name, null]);
  });

  test.each(cases)("$check: finds $says in $file", async ({ check, file, text, says }) => {
    await using repository = await repositoryOf({ ...sound, [file]: text });

    const result = await checksOf(repository.path)
      .find(({ name }) => name === check)
      ?.run();

    expect(result).toContain(says);
  });
});

async function repositoryOf(files: Record<string, string>) {
  const path = await mkdtemp(join(tmpdir(), "pillarbox-check-"));
  for (const name of [
    "tsconfig.json",
    "api/tsconfig.json",
    "api/console/scripts/tsconfig.json",
    "biome.json",
    "knip.json",
    ".squawk.toml",
    ".gitignore",
  ]) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await cp(join(root, name), join(path, name));
  }
  await symlink(join(root, "node_modules"), join(path, "node_modules"));
  // Without our dependencies, which it does not use.
  const scripts = { start: "bun test/main.ts" };
  await writeFile(
    join(path, "package.json"),
    `${JSON.stringify({ name: "x", type: "module", scripts }, null, 2)}\n`,
  );
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
