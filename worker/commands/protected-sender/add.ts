import * as v from "valibot";
import { listUsesOfProtected, protectSenders } from "../../../shared/service/protected-senders.ts";
import { command, type Deps, Flag, jsonOption, Text } from "../command.ts";
import { printFacts } from "../print.ts";
import { readText } from "../read-file.ts";
import { parseSenders } from "./names.ts";

const Input = v.object({ name: v.optional(Text), file: v.optional(Text), dryRun: Flag, json: Flag });

export const protectSenderCommand = command({
  name: "add",
  description:
    "Keep services from choosing a name for their texts to come from, whatever its case, spaces and marks: that of a bank, a courier, a public body. Who has it already keeps it, and is named. Its rightful owner is given it by an operator: remove it, have the service choose it, add it again. For example: bun run cli protected-sender add --file senders.txt",
  args: {
    name: { type: "positional", required: false, description: "Such as N-Bank" },
    file: { type: "string", valueHint: "path", description: "Names, one a line; - for standard input" },
    "dry-run": { type: "boolean", description: "Only show who has them" },
    json: jsonOption,
  },
  input: Input,
  run: add,
});

async function add(
  { name, file, dryRun, json }: v.InferOutput<typeof Input>,
  { sql, print, note, readInput }: Deps,
): Promise<void> {
  const text = file === undefined ? "" : file === "-" ? await readInput() : await readText(file);
  const names = parseSenders(name === undefined ? text : `${name}\n${text}`);
  const added = dryRun ? [] : await protectSenders(sql, names);
  const uses = await listUsesOfProtected(sql, names);
  printFacts({ listed: names.length, added: added.length, inUse: uses.length }, { print, json });
  for (const { serviceId, sender } of uses) note(`${sender} is a sender of the service ${serviceId}`);
  if (dryRun) note("Nothing was changed");
}
