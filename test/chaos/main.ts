import { parseArgs } from "node:util";
import { badDay } from "./bad-day.ts";
import { broadcasts } from "./broadcasts.ts";
import { callbacks } from "./callbacks.ts";
import { database } from "./database.ts";
import { fuzzing } from "./fuzz.ts";
import { kill } from "./kill.ts";
import { letters } from "./letters.ts";
import { noAnswer } from "./no-answer.ts";
import { pdfs } from "./pdfs.ts";
import { receiptsBurst } from "./receipts-burst.ts";
import type { Scenario } from "./scenario.ts";
import { slowCallbacks } from "./slow-callbacks.ts";

const scenarios: Readonly<Record<string, Scenario>> = {
  kill,
  "slow-callbacks": slowCallbacks,
  callbacks,
  database,
  "no-answer": noAnswer,
  fuzz: fuzzing,
  "receipts-burst": receiptsBurst,
  "bad-day": badDay,
  letters,
  pdfs,
  broadcasts,
};

const usage = `Usage: bun run chaos NAME [--seed N] [--sends N | --requests N | --per-second N | --kills N] [--minutes M] [--json]

${Object.entries(scenarios)
  .map(([name, { describe, sends, unit = "sends" }]) => `  ${name.padEnd(15)} ${describe} (${sends} ${unit})`)
  .join("\n")}

Each brings its own Postgres, processes and data, and leaves nothing behind. The same seed makes the same plan; a run
without one chooses and names it. Ends with code 1 when something happened that must not. With --json the last line
is one object.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    sends: { type: "string" },
    requests: { type: "string" },
    "per-second": { type: "string" },
    kills: { type: "string" },
    minutes: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const [name = ""] = positionals;
const scenario = Object.hasOwn(scenarios, name) ? scenarios[name] : undefined;
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const sends = Number(
  values["per-second"] ?? values.kills ?? values.requests ?? values.sends ?? scenario?.sends,
);
const minutes = Number(values.minutes ?? scenario?.minutes ?? 1);

if (
  values.help ||
  !scenario ||
  !Number.isInteger(seed) ||
  !(Number.isInteger(sends) && sends >= 20) ||
  !(minutes > 0)
) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
console.log(`· ${name}, seed ${seed}, ${sends} ${scenario.unit ?? "sends"}`);
const { figures, faults } = await scenario.run({
  seed,
  sends,
  minutes,
  say: (line) => console.log(`· ${line}`),
});
const width = Math.max(...Object.keys(figures).map(({ length }) => length));
for (const [key, value] of Object.entries(figures)) {
  console.log(`${key.padEnd(width)}  ${Number.isInteger(value) ? value : value.toFixed(1)}`);
}
for (const fault of faults) console.log(`FAULT: ${fault}`);
if (values.json) console.log(JSON.stringify({ ...figures, seed, faults: faults.length }));
process.exit(faults.length > 0 ? 1 : 0);
