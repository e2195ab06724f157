import * as v from "valibot";
import { linesOf, trimmed } from "../../../shared/letter/dvla-lines.ts";
import { isLetterReference } from "../../../shared/letter/response-line.ts";
import { returnedJobs } from "../../../shared/letter/returned.ts";
import { enqueue } from "../../../shared/queue/enqueue.ts";
import { londonDate } from "../../../shared/time/london.ts";
import { command, type Deps, Flag, jsonOption, Text } from "../command.ts";
import { printFacts } from "../print.ts";

const Input = v.object({ file: Text, json: Flag });

export const returnedLettersCommand = command({
  name: "returned",
  description: "Note letters that the post brought back, and tell their services",
  args: {
    file: { type: "positional", description: "A reference on each line; - for standard input" },
    json: jsonOption,
  },
  input: Input,
  run: returned,
});

async function returned({ file, json }: v.InferOutput<typeof Input>, { sql, print, readInput }: Deps) {
  const content = file === "-" ? new TextEncoder().encode(await readInput()) : await Bun.file(file).bytes();
  const references: string[] = [];
  const wrong: number[] = [];
  for (const { number, text } of linesOf(content)) {
    const reference = trimmed(text).toUpperCase();
    if (isLetterReference(reference)) references.push(reference);
    else wrong.push(number);
  }
  if (wrong.length > 0) {
    const first = wrong.slice(0, 10).join(", ");
    throw new Error(`Cannot note returned letters: ${wrong.length} lines are no references, lines ${first}`);
  }
  const jobs = returnedJobs(references, londonDate(new Date()));
  await enqueue(sql, jobs);
  const letters = jobs.reduce((sum, { data }) => sum + data.references.length, 0);
  printFacts({ references: letters, jobs: jobs.length }, { print, json });
}
