import { afterAll, describe, expect, test } from "bun:test";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dir, "../..");

describe(".ci/run", () => {
  const folder = mkdtemp(join(tmpdir(), "pillarbox-ci-"));
  afterAll(async () => rm(await folder, { recursive: true }));

  const checks = "6 checks passed, 0 failed";
  const cases = [
    { says: `${checks}\n 12 pass\n 0 fail\nRan 12 tests`, code: 0, last: "18 passed, 0 failed" },
    { says: `${checks}\n 11 pass\n 3 skip\n 1 fail\nRan 15 tests`, code: 1, last: "17 passed, 1 failed" },
    { says: `${checks}\n 5 pass\n 1 fail\n 1 error\nRan 6 tests`, code: 1, last: "11 passed, 2 failed" },
    { says: "FAIL  types (1.0 s)\n\n5 checks passed, 1 failed", code: 1, last: "5 passed, 1 failed" },
    { says: `${checks}\nSegmentation fault`, code: 139, last: "6 passed, 1 failed" },
    { says: "error: lockfile had changes, but lockfile is frozen", code: 1, last: "0 passed, 1 failed" },
  ];
  test.each(cases)("ends with $last", async ({ says, code, last }) => {
    await installFakes(await folder, { says, code });

    const run = Bun.spawn(["bash", ".ci/run"], {
      cwd: await folder,
      env: { PATH: `${await folder}/bin:${process.env.PATH}` },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const lines = (await new Response(run.stdout).text()).trimEnd().split("\n");

    expect(lines.at(-1)).toBe(last);
    expect(lines.slice(0, -1).join("\n")).toBe(says);
    expect((await run.exited) === 0).toBe(code === 0);
  });

  /** A folder with the script, and a `bun` that says what it is told. */
  async function installFakes(path: string, { says, code }: { says: string; code: number }) {
    await mkdir(join(path, "bin"), { recursive: true });
    await cp(join(root, ".ci"), join(path, ".ci"), { recursive: true });
    await writeFile(join(path, ".ci/packages"), "# none\n");
    await writeFile(join(path, "says"), `${says}\n`);
    await writeFile(
      join(path, "bin/bun"),
      `#!/bin/sh
[ "$1" = --version ] && echo 1.4.5 && exit
[ "$*" = "run test" ] && [ "$CI" = true ] && cat says && exit ${code}
exit 99
`,
    );
    await chmod(join(path, "bin/bun"), 0o755);
  }
});

describe("package.json", () => {
  test("pins every package exactly, and the lock file names no registry", async () => {
    const { dependencies, devDependencies } = await Bun.file(join(root, "package.json")).json();
    const lock = await Bun.file(join(root, "bun.lock")).text();

    for (const version of Object.values({ ...dependencies, ...devDependencies })) {
      expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
    }
    expect(lock).not.toContain("://");
  });

  test("has the same Bun everywhere", async () => {
    const { devDependencies } = await Bun.file(join(root, "package.json")).json();
    for (const file of [".ci/run", "Dockerfile", "README.md"]) {
      const text = await Bun.file(join(root, file)).text();
      const named = [...text.matchAll(/bun(?:[:@]|_version=)(\d[\w.]*\d)/g)].map(([, version]) => version);
      expect([file, [...new Set(named)]]).toEqual([file, [Bun.version]]);
    }
    expect(devDependencies["bun-types"]).toBe(Bun.version);
  });
});
