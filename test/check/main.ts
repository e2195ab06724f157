/** `bun run check`: one line a check; what a failed one said follows. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { type Check, checksOf } from "./checks.ts";

const checks = checksOf(resolve(import.meta.dir, "../.."));

async function run({ name, run }: Check): Promise<string | null> {
  const start = performance.now();
  const fault = await run().catch((error: unknown) => String(error));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${fault === null ? "ok  " : "FAIL"}  ${name} (${seconds} s)`);
  return fault;
}

const waiting = [...checks];
const failed: { name: string; fault: string }[] = [];
const lane = async () => {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const fault = await run(check);
    if (fault !== null) failed.push({ name: check.name, fault });
  }
};
await Promise.all(Array.from({ length: availableParallelism() }, lane));

for (const { name, fault } of failed) console.error(`\n── ${name}\n${fault}`);
console.log(
  `${failed.length > 0 ? "\n" : ""}${checks.length - failed.length} checks passed, ${failed.length} failed`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
