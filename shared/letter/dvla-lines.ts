/** A line of a file from the printer; the first is 1. Blank ones count but are left out. */
export interface NumberedLine {
  number: number;
  text: string;
}

/** What is longer is cut: no line of the printer's comes near it. */
const longestLine = 1000;
const windowBytes = 64 * 1024;

/**
 * The lines of a file, little by little, whichever of CR LF, LF and CR ends them. UTF-16 is known by its mark, or by the
 * zero in its first character; all else is read as UTF-8, in which a byte that cannot be one becomes U+FFFD.
 */
export function* linesOf(bytes: Uint8Array): Generator<NumberedLine> {
  const decoder = new TextDecoder(encodingOf(bytes));
  let number = 0;
  let rest = "";
  for (let at = 0; at < bytes.length; at += windowBytes) {
    const isLast = at + windowBytes >= bytes.length;
    const text = rest + decoder.decode(bytes.subarray(at, at + windowBytes), { stream: !isLast });
    // The LF of a CR LF may be in the next window.
    const lines = text.split(isLast ? /\r\n|\n|\r/ : /\r\n|\n|\r(?!$)/);
    rest = isLast ? "" : (lines.pop() ?? "");
    if (rest.length > longestLine) rest = shortened(rest);
    for (const line of lines) {
      number++;
      if (trimmed(line) !== "") yield { number, text: line.slice(0, longestLine) };
    }
  }
}

/** A CR at the end stays: it may end the line. */
function shortened(line: string): string {
  return line.slice(0, longestLine) + (line.endsWith("\r") ? "\r" : "");
}

/** Without what is not printable ASCII at either end: odd blanks, and what other encodings make of them. */
export function trimmed(text: string): string {
  return text.replace(/^[^\x21-\x7e]+/, "").replace(/[^\x21-\x7e]+$/, "");
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0) return "utf-16be";
  return second === 0 ? "utf-16le" : "utf-8";
}
