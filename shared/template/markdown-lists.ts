/** Lists in email Markdown, as Notify changes mistune 0.8.4: `•` is a marker, and no space need follow one. */

const listStart = /( *)([•*-]|\d+\.)/y;
const rule = /(?:[-*_] *){3,}(?:\n|$)/y;
const marker = /(?:[•*-]|\d+\.)/y;
const markerAndSpace = /(?:[•*-]|\d+\.) /y;
const newlines = /\n+/g;
const onlySpace = /\s*$/y;

export interface ListSpan {
  end: number;
  ordered: boolean;
}

/** The list that begins on this line; null when none does. `isDefinition` says where link definitions are. */
export function listAt(
  text: string,
  at: number,
  isDefinition: (text: string, at: number) => boolean,
): ListSpan | null {
  listStart.lastIndex = at;
  const match = listStart.exec(text);
  if (match === null || listStart.lastIndex === text.length) return null;
  const [, indent = "", firstMarker = ""] = match;
  const ordered = firstMarker.includes(".");
  // The first character after the marker belongs to the list whatever it is.
  newlines.lastIndex = listStart.lastIndex + 1;
  for (let run = newlines.exec(text); run !== null; run = newlines.exec(text)) {
    const next = newlines.lastIndex;
    // What ends in spaces of any kind is eaten whole from the first of them.
    const isSpaced = run.index - 1 > listStart.lastIndex && /\s/.test(text.charAt(run.index - 1));
    if (isSpaced && matchesAfter(onlySpace, text, next, "")) return { end: text.length, ordered };
    if (
      next === text.length ||
      endsAtBlankLines(text, next, run[0].length, indent) ||
      isRule(text, next, indent) ||
      isDefinition(text, next)
    ) {
      return { end: next, ordered };
    }
  }
  return { end: text.length, ordered };
}

function endsAtBlankLines(text: string, next: number, count: number, indent: string): boolean {
  if (count < 2) return false;
  return count > 2 || !(text[next] === " " || matchesAfter(markerAndSpace, text, next, indent));
}

function isRule(text: string, at: number, indent: string): boolean {
  return matchesAfter(rule, text, at, indent) || matchesAfter(rule, text, at, "");
}

function matchesAfter(pattern: RegExp, text: string, at: number, indent: string): boolean {
  if (!text.startsWith(indent, at)) return false;
  pattern.lastIndex = at + indent.length;
  return pattern.test(text);
}

/** One item without its marker. `loose` ones hold paragraphs. */
export interface ListItem {
  text: string;
  loose: boolean;
}

/** Cuts a list into items: each runs to the next marker at the same indent. */
export function listItems(list: string): ListItem[] {
  const items = itemSources(list).map(withoutMarker);
  let followsBlankLine = false;
  return items.map((text, index) => {
    const endsBlank = index < items.length - 1 && text.endsWith("\n");
    const loose = followsBlankLine || endsBlank || hasInnerBlankLine(text);
    if (index < items.length - 1 && text !== "") followsBlankLine = endsBlank;
    return { text, loose };
  });
}

function hasInnerBlankLine(text: string): boolean {
  const blank = text.indexOf("\n\n");
  return blank !== -1 && /\S/.test(text.slice(blank));
}

function itemSources(list: string): string[] {
  const items: string[][] = [];
  let indent = "";
  for (const line of list.split("\n")) {
    const current = items.at(-1);
    if (current !== undefined && !matchesAfter(marker, line, 0, indent)) {
      current.push(line);
      continue;
    }
    const start = /^( *)(?:[•*-]|\d+\.)/.exec(line);
    if (start === null) continue;
    indent = start[1] ?? "";
    items.push([line]);
  }
  return items.map((lines) => lines.join("\n"));
}

function withoutMarker(item: string): string {
  const text = item.replace(/^ *(?:[•*-]|\d+\.)/, "");
  if (!text.includes("\n ")) return text;
  const outdent = new RegExp(`(?<=^|\\n) {1,${item.length - text.length}}`, "g");
  return text.replace(outdent, "");
}
