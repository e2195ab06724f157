import { afterAll, describe, expect, test } from "bun:test";
import { exists, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { TOML } from "bun";
import * as v from "valibot";
import { freePort } from "../support/free-port.ts";
import { emptyDatabase, testDatabase } from "../support/postgres.ts";

const root = resolve(import.meta.dir, "../..");

describe("the image", () => {
  const image = makeImage();
  afterAll(async () => rm(await image, { recursive: true }));

  test("holds the program and its own packages, and nothing of tests", async () => {
    const path = await image;
    const { dependencies, devDependencies } = await Bun.file(join(root, "package.json")).json();

    expect((await readdir(path)).sort()).toEqual(
      [
        "LICENSE",
        "api",
        "bun.lock",
        "bunfig.toml",
        "node_modules",
        "package.json",
        "shared",
        "sql",
        "worker",
      ].sort(),
    );
    const has = (name: string) => exists(join(path, "node_modules", name));
    for (const name of Object.keys(dependencies)) expect([name, await has(name)]).toEqual([name, true]);
    // Some libraries bring types of their own.
    for (const name of Object.keys(devDependencies).filter((each) => !each.startsWith("@types/"))) {
      expect([name, await has(name)]).toEqual([name, false]);
    }
  });

  test("lets the build see what the script copies", async () => {
    const script = await Bun.file(join(root, ".ci/image.sh")).text();
    const ignore = await Bun.file(join(root, ".dockerignore")).text();
    const parts = /for part in (.*); do/.exec(script)?.[1]?.split(" ") ?? [];

    expect(parts.length).toBeGreaterThan(5);
    for (const part of [...parts, ".ci/image.sh"]) expect(ignore.split("\n")).toContain(`!${part}`);
  });

  test("migrates", async () => {
    await using database = await emptyDatabase();
    const { release } = await commands();

    const run = start(await image, release, { DATABASE_URL: database.url });

    expect(await run.untilSaid("Applied")).toContain("Applied 0001_services");
    expect(await run.exited).toBe(0);
  });

  const parts = [
    { part: "api", port: "API_PORT", paths: ["/_status?simple=1", "/_ready"] },
    { part: "worker", port: "WORKER_METRICS_PORT", paths: ["/_ready", "/metrics"] },
  ] as const;
  test.each(parts)(
    "runs the $part, which answers the platform's checks and stops when told",
    async (given) => {
      await using database = await testDatabase();
      const chosen = freePort();
      const run = start(await image, (await commands())[given.part], {
        DATABASE_URL: database.url,
        ENCRYPTION_KEYS: `test:${Buffer.alloc(32, 1).toString("base64")}`,
        [given.port]: `${chosen}`,
      });

      await run.untilSaid("ready");
      for (const path of given.paths) {
        const { status } = await fetch(`http://127.0.0.1:${chosen}${path}`);
        expect([path, status]).toEqual([path, 200]);
      }
      run.kill("SIGTERM");

      expect(await run.exited).toBe(0);
    },
  );
});

describe("fly.toml", () => {
  test("runs the commands of package.json, and migrates before each release", async () => {
    const { scripts } = await Bun.file(join(root, "package.json")).json();
    const dockerfile = await Bun.file(join(root, "Dockerfile")).text();

    // What stands before the worker's command is the image's to set.
    const [setting, ...worker] = scripts.worker.split(" ");
    expect(await commands()).toEqual({
      api: scripts.api,
      worker: worker.join(" "),
      release: scripts.migrate,
    });
    expect(dockerfile).toContain(`ENV ${setting}\n`);
    expect(dockerfile).toContain(`CMD ${JSON.stringify(scripts.api.split(" ")).replaceAll(",", ", ")}`);
    expect(dockerfile).toMatch(/^USER bun$/m);
  });

  test("checks both parts, gives them time to stop, and never stops a worker for being idle", async () => {
    const fly = await readFly();

    expect(fly.http_service.checks.map(({ path }) => path)).toEqual(["/_status?simple=1", "/_ready"]);
    expect(fly.http_service.internal_port).toBe(Number(fly.env.API_PORT));
    expect(fly.http_service.processes).toEqual(["api"]);
    expect(fly.http_service.auto_stop_machines).toBe("off");
    expect(fly.checks.worker).toMatchObject({ processes: ["worker"], path: "/_ready", port: 9464 });
    expect(fly.metrics).toEqual([
      { processes: ["api"], port: 9465, path: "/metrics" },
      { processes: ["worker"], port: 9464, path: "/metrics" },
    ]);
    expect(fly.env.API_METRICS_PORT).toBe("9465");
    expect(fly.env.WORKER_METRICS_PORT).toBe("9464");
    expect(fly.kill_signal).toBe("SIGTERM");
    expect(fly.kill_timeout * 1000).toBeGreaterThan(Number(fly.env.WORKER_STOP_MS));
    expect(fly.vm.flatMap(({ processes }) => processes)).toEqual(["api", "worker"]);
  });
});

async function makeImage(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "pillarbox-image-"));
  const run = Bun.spawn(["sh", ".ci/image.sh", root, path], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const faults = await new Response(run.stderr).text();
  if ((await run.exited) !== 0) throw new Error(`Cannot make the image: ${faults}`);
  return path;
}

const Processes = v.array(v.string());
const Fly = v.object({
  kill_signal: v.string(),
  kill_timeout: v.number(),
  env: v.record(v.string(), v.string()),
  deploy: v.object({ release_command: v.string() }),
  processes: v.strictObject({ api: v.string(), worker: v.string() }),
  http_service: v.object({
    processes: Processes,
    internal_port: v.number(),
    auto_stop_machines: v.string(),
    checks: v.array(v.object({ path: v.string() })),
  }),
  checks: v.object({ worker: v.object({ processes: Processes, port: v.number(), path: v.string() }) }),
  metrics: v.array(v.object({ processes: Processes, port: v.number(), path: v.string() })),
  vm: v.array(v.object({ processes: Processes, size: v.string(), memory: v.string() })),
});

async function readFly() {
  return v.parse(Fly, TOML.parse(await Bun.file(join(root, "fly.toml")).text()));
}

async function commands(): Promise<{ api: string; worker: string; release: string }> {
  const { processes, deploy } = await readFly();
  return { ...processes, release: deploy.release_command };
}

/** Runs a command of fly.toml in the image's folder, with nothing of ours in its environment. */
function start(image: string, command: string, env: Record<string, string>) {
  const [, ...args] = command.split(" ");
  const child = Bun.spawn([process.execPath, ...args], {
    cwd: image,
    env: { PATH: process.env.PATH, NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return {
    exited: child.exited,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** What it printed until then. */
    async untilSaid(word: string): Promise<string> {
      let said = "";
      const decoder = new TextDecoder();
      // Not `for await`, which would close the pipe under the program's feet.
      const reader = child.stdout.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        said += decoder.decode(part.value);
        if (said.includes(word)) return said;
      }
      throw new Error(`${command} ended and did not say "${word}": ${said}`);
    },
  };
}
