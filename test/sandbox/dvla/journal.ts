import { appendFileSync, existsSync, readFileSync } from "node:fs";
import * as v from "valibot";

const Zip = v.object({
  type: v.literal("zip"),
  name: v.string(),
  bytes: v.number(),
  sha256: v.string(),
  /** Milliseconds since 1970. */
  at: v.number(),
  /** Of one name only the first zip is printed, as DVLA says of itself (letters.md 4.8). */
  isPrinted: v.boolean(),
  letters: v.array(
    v.object({ file: v.string(), reference: v.string(), bytes: v.number(), pages: v.number() }),
  ),
});
const Acknowledged = v.object({ type: v.literal("acknowledged"), name: v.string() });
const Answered = v.object({ type: v.literal("answered"), references: v.array(v.string()) });
const Entry = v.variant("type", [Zip, Acknowledged, Answered]);

export type JournalZip = v.InferOutput<typeof Zip>;
export type JournalEntry = v.InferOutput<typeof Entry>;

/** What the printer did, in the order it did it, of which at most the last line is lost when it is killed. */
export function readJournal(path: string): JournalEntry[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .map((line) => v.safeParse(v.pipe(v.string(), v.parseJson(), Entry), line))
    .filter((line) => line.success)
    .map((line) => line.output);
}

export function writeJournal(path: string, entry: JournalEntry): void {
  // What a kill cut short is a line of its own.
  appendFileSync(path, `\n${JSON.stringify(entry)}`);
}
