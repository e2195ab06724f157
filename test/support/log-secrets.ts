import { loggableError } from "../../shared/log.ts";

/** What no log may hold: each value, with whose it is. */
export type Secrets = ReadonlyMap<string, string>;

/** Fewer characters may stand in a log by chance. */
const fewest = 3;

/** A value that cannot be told from what logs are full of: words of ours, small numbers. */
const ordinary =
  /^(?:[\d\W]{1,5}|true|false|null|yes|key|id|secret|test|mmg|firetext|ses|smtp|sns|sms|email|body|name|text|day|title|alert|cancel)$/i;

/** Secret whatever they say: tokens of requests, and the links by which people unsubscribe. */
const shapes: readonly [RegExp, string][] = [
  [/eyJ[\w-]{10,}\.eyJ[\w-]{10,}/, "a request's token"],
  [/\bBearer [\w.-]{8,}/, "a bearer token"],
  [/\/unsubscribe\/[0-9a-f-]{36}\/\w/i, "an unsubscribe link"],
];

/** Throws where lines of a log hold what they must not, and says in which. */
export function assertNoSecrets(lines: readonly string[], secrets: Secrets): void {
  const text = lines.join("\n");
  const leaks = new Set<string>();
  const tell = (at: number, whose: string) => {
    const [from, to] = [text.lastIndexOf("\n", at) + 1, text.indexOf("\n", at)];
    leaks.add(`${whose}: ${text.slice(from, to < 0 ? undefined : to)}`);
  };
  for (const [value, whose] of secrets) {
    if (value.trim().length < fewest || ordinary.test(value)) continue;
    const at = find(text, value);
    if (at !== null) tell(at, whose);
  }
  for (const [shape, whose] of shapes) {
    const found = shape.exec(text);
    if (found) tell(found.index, whose);
  }
  if (leaks.size > 0) throw new Error(`Logs hold what they must not:\n${[...leaks].join("\n")}`);
}

/** Where it stands, as it is or as JSON or a URL writes it; not within a word: an id may hold any few digits. */
function find(text: string, value: string): number | null {
  for (const spelling of new Set([value, JSON.stringify(value).slice(1, -1), encoded(value)])) {
    for (let at = text.indexOf(spelling); at >= 0; at = text.indexOf(spelling, at + 1)) {
      const continued =
        inWord(spelling[0], text[at - 1]) || inWord(spelling.at(-1), text[at + spelling.length]);
      if (!continued) return at;
    }
  }
  return null;
}

function inWord(own: string | undefined, next: string | undefined): boolean {
  return /\w/.test(own ?? "") && /[\w-]/.test(next ?? "");
}

function encoded(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

/** A line of a test's log as the processes write it. */
export function writtenLine({
  level,
  facts,
  message,
}: {
  level: string;
  facts: object;
  message: string;
}): string {
  return JSON.stringify({ level, ...facts, msg: message }, (_, value: unknown) =>
    value instanceof Error ? loggableError(value) : typeof value === "bigint" ? String(value) : value,
  );
}
