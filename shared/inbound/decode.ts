/**
 * A text as MMG writes it: URL-encoded (`+` is a space, `%XX` UTF-8), and inside that with backslash escapes, both
 * beside characters that are encoded in no way. What is no encoding or escape stays as it is.
 */
export function decodeMmgText(text: string): string {
  return readEscapes(urlDecode(text));
}

/** As Python's `unquote_plus`: never throws, and bytes that are no UTF-8 become U+FFFD. */
export function urlDecode(text: string): string {
  return text.replaceAll("+", " ").replace(/(?:%[\da-fA-F]{2})+/g, (run) => {
    const bytes = run.slice(1).split("%");
    return decoder.decode(Uint8Array.from(bytes, (hex) => Number.parseInt(hex, 16)));
  });
}

// A byte order mark is a character of the text.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const hex = "[\\da-fA-F]";
const backslashEscape = new RegExp(
  [
    `\\\\(?:([\\\\'"nrt])`,
    `u([dD][89abAB]${hex}{2})\\\\u([dD][c-fC-F]${hex}{2})`,
    `u((?![dD][89a-fA-F])${hex}{4})`,
    `U(00(?:10|0${hex})${hex}{4})`,
    `x(${hex}{2}))`,
  ].join("|"),
  "g",
);

/** Once, from left to right: what an escaped backslash leaves begins no other escape. Half a surrogate pair stays. */
function readEscapes(text: string): string {
  return text.replace(
    backslashEscape,
    (_, single?: string, high?: string, low?: string, unit?: string, point?: string, byte?: string) => {
      if (single !== undefined) return singles.get(single) ?? single;
      if (high !== undefined && low !== undefined) {
        return String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16));
      }
      return String.fromCodePoint(Number.parseInt(unit ?? point ?? byte ?? "", 16));
    },
  );
}

/** Those that do not stand for themselves. */
const singles: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
