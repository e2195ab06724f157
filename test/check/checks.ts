import { resolve } from "node:path";
import { importFaults } from "./import-rules.ts";
import { readSources } from "./sources.ts";

export interface Check {
  name: string;
  /** What is wrong, or null. */
  run(): Promise<string | null>;
}

/** What the repository in the folder is held to; the slowest first. */
export function checksOf(root: string): Check[] {
  const tool = (name: string, ...args: string[]) => runTool(root, name, args);
  return [
    { name: "types", run: () => tool("tsc", "-p", ".") },
    { name: "types, no runtime", run: () => tool("tsc", "-p", "api") },
    { name: "types, browser", run: () => tool("tsc", "-p", "api/console/scripts") },
    { name: "unused", run: () => tool("knip", "--no-progress") },
    {
      name: "format and lint",
      run: () => tool("biome", "check", "--error-on-warnings", "--max-diagnostics=50"),
    },
    { name: "migrations", run: () => tool("squawk", "--config", ".squawk.toml", "sql/migrations/*.sql") },
    { name: "imports", run: () => checkImports(root) },
  ];
}

async function checkImports(root: string): Promise<string | null> {
  const faults = importFaults(await readSources(root));
  return faults.length === 0 ? null : faults.join("\n");
}

/** Runs a program of node_modules. */
async function runTool(root: string, name: string, args: string[]): Promise<string | null> {
  const child = Bun.spawn([resolve(root, "node_modules/.bin", name), ...args], {
    cwd: root,
    // Not every one of them looks whether it writes to a terminal.
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = [child.stdout, child.stderr].map((stream) => new Response(stream).text());
  const output = await Promise.all(texts);
  const code = await child.exited;
  return code === 0 ? null : output.join("").trim() || `${name} ended with code ${code}`;
}
