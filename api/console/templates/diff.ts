/** A piece of a text, and whether both have it. */
export interface Piece {
  kind: "same" | "removed" | "added";
  text: string;
}

/** More would keep others waiting: then larger pieces are compared. */
const mostSteps = 1_000_000;

/** What became of a text: word by word, of long ones line by line, of very long ones as a whole. */
export function diffTexts(before: string, after: string): Piece[] {
  const byWord = diffTokens(before.match(/\s|[^\s]+/g) ?? [], after.match(/\s|[^\s]+/g) ?? []);
  if (byWord) return byWord;
  const byLine = diffTokens(before.match(/[^\n]*\n|[^\n]+/g) ?? [], after.match(/[^\n]*\n|[^\n]+/g) ?? []);
  if (byLine) return byLine;
  return joined([
    { kind: "removed", text: before },
    { kind: "added", text: after },
  ]);
}

/** By the longest common subsequence; null where that takes too many steps. */
function diffTokens(before: readonly string[], after: readonly string[]): Piece[] | null {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const left = before.slice(start, before.length - end);
  const right = after.slice(start, after.length - end);
  if (left.length * right.length > mostSteps) return null;
  return joined([
    { kind: "same", text: before.slice(0, start).join("") },
    ...diffMiddle(left, right),
    { kind: "same", text: before.slice(before.length - end).join("") },
  ]);
}

function diffMiddle(left: readonly string[], right: readonly string[]): Piece[] {
  const width = right.length + 1;
  // How many tokens are common from here to both ends.
  const common = new Uint32Array((left.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      common[i * width + j] =
        left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pieces: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [old = "", fresh = ""] = [left[i], right[j]];
    if (i < left.length && j < right.length && old === fresh) {
      pieces.push({ kind: "same", text: old });
      [i, j] = [i + 1, j + 1];
    } else if (i < left.length && (j === right.length || at(i + 1, j) >= at(i, j + 1))) {
      pieces.push({ kind: "removed", text: old });
      i += 1;
    } else {
      pieces.push({ kind: "added", text: fresh });
      j += 1;
    }
  }
  return pieces;
}

/** Neighbours of one kind as one; a space between two words that were both replaced goes with them. */
function joined(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  let [removed, added] = ["", ""];
  const flush = () => {
    if (removed !== "") result.push({ kind: "removed", text: removed });
    if (added !== "") result.push({ kind: "added", text: added });
    [removed, added] = ["", ""];
  };
  pieces.forEach(({ kind, text }, index) => {
    const next = pieces[index + 1];
    const isReplaced = removed !== "" && added !== "" && next !== undefined && next.kind !== "same";
    if (kind === "removed") removed += text;
    else if (kind === "added") added += text;
    else if (text === " " && isReplaced) [removed, added] = [removed + text, added + text];
    else if (text !== "") {
      flush();
      const last = result.at(-1);
      if (last?.kind === "same") last.text += text;
      else result.push({ kind, text });
    }
  });
  flush();
  return result;
}
