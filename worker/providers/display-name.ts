import type { Sender } from "../../shared/provider/provider.ts";

/** RFC 2047's most for one encoded word. */
const longestWord = 75;

/** What SES takes of an address with its name: as long as an address alone may be. */
const longestAddress = 320;

/**
 * A sender as one header line, in ASCII: `"Name" <local@domain>`, or the name in RFC 2047's encoded words. A name that
 * would make it too long is cut short; one that says nothing is left out.
 */
export function formatAddress({ name, address }: Sender): string {
  const plain = displayName(name);
  const room = longestAddress - address.length - " <>".length;
  const shown = /^[ -~]*$/.test(plain) ? quoted(plain, room) : encoded(plain, room);
  return shown === "" ? address : `${shown} <${address}>`;
}

/** A name without what no header may hold. */
export function displayName(name: string): string {
  return name
    .replace(/[\u0000-\u001f\u007f]+/g, " ")
    .trim()
    .toWellFormed();
}

/** As RFC 5322's quoted-string, of which each quote and backslash takes two. */
function quoted(name: string, room: number): string {
  let text = "";
  for (const character of name) {
    const next = /["\\]/.test(character) ? `\\${character}` : character;
    if (text.length + next.length + 2 > room) break;
    text += next;
  }
  return text === "" ? "" : `"${text.trimEnd()}"`;
}

/** In base64 of UTF-8, each character whole in one word: readers drop the spaces between words. */
function encoded(name: string, room: number): string {
  const words: string[] = [];
  let left = room;
  let pending = "";
  for (const character of name) {
    const longer = encodedWord(pending + character);
    if (longer.length <= Math.min(longestWord, left)) {
      pending += character;
      continue;
    }
    if (longer.length <= longestWord) break;
    words.push(encodedWord(pending));
    left -= encodedWord(pending).length + 1;
    if (encodedWord(character).length > left) {
      pending = "";
      break;
    }
    pending = character;
  }
  if (pending !== "") words.push(encodedWord(pending));
  return words.join(" ");
}

function encodedWord(text: string): string {
  return `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;
}
