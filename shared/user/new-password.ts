/** Without letters and digits that are taken for others. */
const characters = "abcdefghjkmnpqrstuvwxyz23456789";

/** A password to begin with, as `k4mzp-…`: four groups of five, 99 bits. */
export function newPassword(): string {
  const text: string[] = [];
  while (text.length < 20) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    // What is left over at the end would favour the first letters.
    if (byte < 256 - (256 % characters.length)) text.push(characters[byte % characters.length] ?? "");
  }
  return [0, 5, 10, 15].map((at) => text.slice(at, at + 5).join("")).join("-");
}
