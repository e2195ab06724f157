import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { exists, symlink } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { Demo } from "../start/demo.ts";
import { type Folder, temporaryFolder } from "../start/tests/folder.ts";
import { ownEnvironment, type Run, root, run } from "../start/tests/run.ts";
import { untilListed } from "../start/tests/sandbox-messages.ts";
import { freePort } from "../support/free-port.ts";
import { emptyDatabase } from "../support/postgres.ts";
import { settingsText } from "../support/settings.ts";

setDefaultTimeout(120_000);

const readme = await Bun.file(join(root, "README.md")).text();
/** What stands between fences: ```sh, and without a word. */
const shell = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block.trim());
const drawings = [...readme.matchAll(/^```\n(.*?)^```$/gms)].map(([, block = ""]) => block);
/** `What stands between backticks`, outside the blocks. */
const prose = readme.replaceAll(/^```.*?^```$/gms, "");
const quoted = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, words = ""]) => words);

const Scripts = v.record(v.string(), v.string());
const Package = v.object({ scripts: Scripts, dependencies: Scripts, devDependencies: Scripts });
const manifest = v.parse(Package, await Bun.file(join(root, "package.json")).json());

/** A command as somebody types it, in a shell. */
function type(
  command: string,
  { cwd = root, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
) {
  const child = Bun.spawn(["sh", "-c", command], {
    cwd,
    env: { ...ownEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]).then(([code, out, err]) => ({ code, out, err }));
  return { ended, stop: () => child.kill("SIGTERM") };
}

/** What the only block with these words says. */
function blockWith(words: string): string {
  const [block, ...others] = shell.filter((text) => text.includes(words));
  if (block === undefined || others.length > 0) throw new Error(`Not one block has "${words}"`);
  return block;
}

describe("README.md", () => {
  test("is short", () => {
    expect(readme.split("\n").length).toBeLessThan(200);
  });

  test("names no command that does not exist", async () => {
    const commands = [...quoted, ...shell].flatMap((words) => [
      ...words.matchAll(/^(?:npx --yes bun@[\d.]+|bun(?: --env-file=\S+)?) (?:run )?([a-z:]+)/gm),
    ]);
    const scripts = new Set(commands.map(([, name = ""]) => name));

    // `bun test` and `bun -e` are Bun's own; a script of that name is what `bun run test` runs.
    for (const name of scripts) expect(Object.keys(manifest.scripts)).toContain(name);
    expect([...Object.keys(manifest.scripts)].filter((name) => !scripts.has(name))).toEqual([]);
    for (const script of Object.values(manifest.scripts)) {
      for (const [file] of script.matchAll(/\S+\.ts/g))
        expect([file, await exists(join(root, file))]).toEqual([file, true]);
    }
  });

  test("names the Bun that the tests run on", async () => {
    const versions = [...readme.matchAll(/bun@(\d+\.\d+\.\d+)|\(https:\/\/bun\.sh\) (\d+\.\d+\.\d+)/g)];

    expect(versions.length).toBeGreaterThanOrEqual(3);
    for (const [, first, second] of versions) expect(first ?? second).toBe(Bun.version);
  });

  test("names no file or folder that does not exist", async () => {
    const paths = quoted.filter((words) =>
      /^(\.?[a-z]+\/[\w./-]*|[A-Z][\w]+|[\w-]+\.toml|shared\/\S+)$/.test(words),
    );
    const ours = paths.filter((path) => !path.startsWith(".data") && !/^[A-Z][A-Z_]*_|Error$/.test(path));

    const linked = [...prose.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, path = ""]) => path);

    expect(ours).toContain("api/serve.bun.ts");
    expect(ours).toContain("Dockerfile");
    for (const path of [...ours, ...linked]) {
      const found = (await exists(join(root, path))) || (await exists(join(root, "test", path)));
      expect([path, found]).toEqual([path, true]);
    }
  });

  test("names no setting that does not exist", async () => {
    const config = await settingsText();
    const usage = await type("bun run start --help").ended;
    const settings = quoted.filter((words) => /^[A-Z]+(_[A-Z]+)+$/.test(words));

    expect(settings.length).toBeGreaterThan(10);
    for (const setting of settings) {
      const known = config.includes(`  ${setting}: `) || usage.out.includes(`  ${setting} `);
      expect([setting, known]).toEqual([setting, true]);
    }
  });

  test("names every package, and no other", () => {
    const [, table = ""] = readme.split("## Packages");
    const named = [...table.matchAll(/`([@\w./-]+)`/g)].map(([, name = ""]) => name);

    const { dependencies, devDependencies } = manifest;
    for (const name of named.filter((name) => name !== "LICENSE")) {
      expect(Object.keys({ ...dependencies, ...devDependencies })).toContain(name);
    }
    for (const name of Object.keys(dependencies)) expect(named).toContain(name);
    // Types of packages may go unnamed.
    for (const name of Object.keys(devDependencies).filter((name) => !name.startsWith("@types/"))) {
      expect(named).toContain(name);
    }
  });
});

// One start for all; its data folder is the `.data` of a folder that has our packages, as a clone has.
describe("README.md, tried", () => {
  let folder: Folder;
  let started: Run;
  let demo: Demo;

  beforeAll(async () => {
    folder = await temporaryFolder();
    await symlink(join(root, "node_modules"), join(folder.path, "node_modules"));
    const command = ["sh", "-c", blockWith("bun start")];
    started = run({ dataDir: join(folder.path, ".data"), command });
    demo = await started.untilReady();
  });
  afterAll(async () => {
    started.interrupt();
    await started.exited;
    await folder[Symbol.asyncDispose]();
  });

  test("starts with Bun, and with only Node in the same way", () => {
    expect(shell).toContain(`npx --yes bun@${Bun.version} start`);
    expect(shell).toContain("bun start");
  });

  test("shows what the start prints", () => {
    const shown = drawings.find((block) => block.includes("Pillarbox is ready."));
    // Ports and keys are of the run.
    const labels = (text: string) =>
      [...text.matchAll(/^.*?(?=\s*(?:http:|demo-|…))|what was sent appears here|Pillarbox is ready\./gm)]
        .map(([label]) => label.trim())
        .filter((label) => label !== "");

    const [printed = ""] = /Pillarbox is ready\.$.*?^ +test .*?$/ms.exec(started.stdout()) ?? [];

    expect(shown).toBeDefined();
    expect(labels(`${shown}`)).toEqual(labels(printed));
    expect(labels(printed).length).toBe(8);
  });

  test("sends a first text", async () => {
    const { code, out, err } = await type(blockWith("sendSms"), { cwd: folder.path }).ended;

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^[0-9a-f-]{36} Dear Ada, .* Monday at 9am\.\n$/);
    const callback = await untilListed(demo.sandbox_url, "callback", out.slice(0, 36));
    expect(JSON.parse(callback.body)).toMatchObject({ status: "delivered" });
  });

  test("reads the sandbox with curl", async () => {
    const line = quoted.find((words) => words.startsWith("curl ")) ?? "";
    const here = line.replace("http://127.0.0.1:6099", demo.sandbox_url);
    const [, address = ""] = /^curl "(.*)"$/.exec(here) ?? [];

    // Not every machine has it.
    const out = Bun.which("curl") ? (await type(here).ended).out : await (await fetch(address)).text();

    expect(here).not.toBe(line);
    expect(JSON.parse(out)).toMatchObject({ messages: [{ channel: "sms", to: "447700900123" }] });
  });

  test("reaches the running copy with operators' commands", async () => {
    expect(quoted).toContain("bun --env-file=.data/env run cli");
    expect(quoted).toContain("provider list");
    const env = join(folder.path, ".data/env");

    const { code, out } = await type(`bun --env-file='${env}' run cli provider list`).ended;

    expect(code).toBe(0);
    expect(out).toContain("firetext");
  });
});

describe("README.md's commands", () => {
  const helps = [
    { command: "bun run cli --help", says: ["service", "callback", "provider"] },
    { command: "bun run bench --help", says: ["accept"] },
    { command: "bun run chaos --help", says: ["seed"] },
  ];
  test.each(helps)("$command helps", async ({ command, says }) => {
    const { code, out, err } = await type(command).ended;

    expect(quoted).toContain(command);
    expect(code).toBe(0);
    for (const word of says) expect(`${out}${err}`).toContain(word);
  });

  test("migrate, api and worker run each part alone", async () => {
    await using database = await emptyDatabase();
    const [apiPort, metricsPort] = [freePort(), freePort()];
    const env = {
      DATABASE_URL: database.url,
      ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 1).toString("base64")}`,
      API_PORT: `${apiPort}`,
      WORKER_METRICS_PORT: `${metricsPort}`,
    };
    const commands = ["bun run migrate", "bun run api", "bun run worker"] as const;
    const [migrate, api, worker] = commands;

    const early = await type(api, { env }).ended;
    const migrated = await type(migrate, { env }).ended;
    // In place of the shell, as an init system starts them, whose signals reach them.
    const running = [type(`exec ${api}`, { env }), type(`exec ${worker}`, { env })];
    const answers = await Promise.all(
      [
        `http://127.0.0.1:${apiPort}/_status?simple=1`,
        `http://127.0.0.1:${apiPort}/_ready`,
        `http://127.0.0.1:${metricsPort}/_ready`,
        `http://127.0.0.1:${metricsPort}/metrics`,
      ].map(untilAnswered),
    );
    for (const { stop } of running) stop();
    const codes = (await Promise.all(running.map(({ ended }) => ended))).map(({ code }) => code);

    for (const command of commands) expect(quoted).toContain(command);
    expect(early.out).toContain('run \\"bun run migrate\\"');
    expect(early.code).toBe(1);
    expect(migrated).toMatchObject({ code: 0, out: expect.stringContaining("Applied 0001_services") });
    expect(answers).toEqual([200, 200, 200, 200]);
    expect(codes).toEqual([0, 0]);
  });
});

/** The status of the first answer; the test's own time limit ends the wait. */
async function untilAnswered(url: string): Promise<number> {
  for (;;) {
    const response = await fetch(url).catch(() => null);
    if (response) return response.status;
    await Bun.sleep(25);
  }
}
