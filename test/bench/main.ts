import { parseArgs } from "node:util";
import { accept } from "./accept.ts";
import { batch } from "./batch.ts";
import type { Bench } from "./bench.ts";
import { broadcast } from "./broadcast.ts";
import { callbacks } from "./callbacks.ts";
import { consoleBench } from "./console.ts";
import { deliver } from "./deliver.ts";
import { closeGrounds } from "./ground.ts";
import { idle } from "./idle.ts";
import { letters } from "./letters.ts";
import { queueBench } from "./queue.ts";
import { receipts } from "./receipts.ts";
import { render } from "./render.ts";
import { responses } from "./responses.ts";
import { retention } from "./retention.ts";

const benches: Readonly<Record<string, Bench>> = {
  accept,
  broadcast,
  batch,
  callbacks,
  console: consoleBench,
  deliver,
  idle,
  letters,
  queue: queueBench,
  receipts,
  render,
  responses,
  retention,
};

const usage = `Usage: bun run bench NAME [--seconds N] [--rows N] [--json]

${Object.entries(benches)
  .map(([name, { describe }]) => `  ${name.padEnd(10)} ${describe}`)
  .join("\n")}

Each brings its own Postgres, servers and data, and leaves nothing behind. With --json the last line is one object.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string" },
    rows: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const [name = ""] = positionals;
const bench = benches[name];
const seconds = Number(values.seconds ?? bench?.seconds ?? 8);

const rows = values.rows === undefined ? undefined : Number(values.rows);

if (values.help || !bench || !(seconds > 0) || (rows !== undefined && !(rows > 0))) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
let ending: Promise<never> | undefined;
const interrupted = () => {
  // What was under way fails while everything ends; nobody asks any more.
  process.on("unhandledRejection", () => {});
  ending ??= closeGrounds().then(() => process.exit(130));
};
process.once("SIGINT", interrupted).once("SIGTERM", interrupted);

const run = bench.run({
  seconds,
  ...(rows !== undefined && { rows }),
  say: (line) => console.log(`· ${line}`),
});
const figures = await run.catch((error: unknown) => ending ?? Promise.reject(error));
const width = Math.max(...Object.keys(figures).map(({ length }) => length));
for (const [key, value] of Object.entries(figures)) {
  console.log(`${key.padEnd(width)}  ${typeof value === "number" ? readable(value) : value}`);
}
if (values.json) console.log(JSON.stringify(figures));
process.exit(0);

function readable(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-GB") : value.toFixed(2);
}
