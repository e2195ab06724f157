/**
 * The tests as `bun run test` runs them: files side by side in some processes, with one Postgres for all. Arguments
 * are `bun test`'s. Ends with its code.
 */
import { join } from "node:path";
import { shareGround } from "./support/postgres.ts";

/** One more than CI's processors: many tests wait. Not those of the machine, of which CI may give us few. */
const processes = 3;

await using ground = await shareGround();
const run = Bun.spawn(
  [
    process.execPath,
    "test",
    "--timeout=120000",
    `--parallel=${processes}`,
    // A process keeps its modules from file to file: loading them takes longer than most tests.
    "--no-isolate",
    ...process.argv.slice(2),
  ],
  {
    cwd: join(import.meta.dir, ".."),
    env: { ...process.env, ...ground.env },
    stdio: ["ignore", "inherit", "inherit"],
  },
);
process.exitCode = await run.exited;
