import { acknowledgedByName } from "./dvla-file-name.ts";
import { linesOf, trimmed } from "./dvla-lines.ts";

/** No day has more zips. */
const mostNames = 10_000;

/**
 * The names, in capitals, of the zips that an acknowledgement says have arrived (`spec/letters.md` 5.2): the one it is
 * called after, whatever it holds; or, of the older kind, the first column of each line.
 */
export function acknowledgedNames(path: string, content: Uint8Array): string[] {
  const name = acknowledgedByName(path);
  if (name !== null) return [name];
  const names = new Set<string>();
  for (const { text } of linesOf(content)) {
    const [first = ""] = text.split("|");
    const listed = trimmed(first).toUpperCase();
    if (listed !== "" && names.size < mostNames) names.add(listed);
  }
  return [...names];
}
