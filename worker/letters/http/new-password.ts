/** What DVLA wants at least one of each of. */
const kinds = [
  "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  "abcdefghijklmnopqrstuvwxyz",
  "0123456789",
  "!#$%&*+-./:=?@^_~",
] as const;
const alphabet = kinds.join("");
const length = 30;

/** A password of 30 characters as DVLA's rule has it: upper and lower case, digits and others. */
export function newPassword(): string {
  for (;;) {
    const password = Array.from({ length }, () => alphabet[randomBelow(alphabet.length)]).join("");
    const hasAll = kinds.every((kind) => [...kind].some((character) => password.includes(character)));
    if (hasAll) return password;
  }
}

/** Each as likely as any other; `most` is below 256. */
function randomBelow(most: number): number {
  const limit = 256 - (256 % most);
  for (;;) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < limit) return byte % most;
  }
}
