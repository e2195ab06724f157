import { dirname, join } from "node:path";

/**
 * The programs themselves, out of npm's packages for this platform: the scripts that would put them in place do not
 * run on install, and a script in between would keep signals from them.
 */
export function denoBinary(): string {
  const libc = process.platform === "linux" ? "-glibc" : "";
  return join(folderOf(`@deno/${process.platform}-${process.arch}${libc}`, "deno"), "deno");
}

export function workerdBinary(): string {
  const arch = process.arch === "x64" ? "64" : process.arch;
  return join(folderOf(`@cloudflare/workerd-${process.platform}-${arch}`, "workerd"), "bin/workerd");
}

/** Found from the package whose dependency it is, however the modules are laid out. */
function folderOf(name: string, parent: string): string {
  const from = dirname(Bun.resolveSync(`${parent}/package.json`, import.meta.dir));
  return dirname(Bun.resolveSync(`${name}/package.json`, from));
}
