/** What the printer knows a letter by: 16 random capitals and digits (`spec/letters.md` 1.4). */
export function newLetterReference(): string {
  let reference = "";
  while (reference.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // What does not divide evenly is drawn again, so that each character is as likely.
      if (byte < evenly && reference.length < length) reference += characters[byte % characters.length];
    }
  }
  return reference;
}

const length = 16;
const characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const evenly = 256 - (256 % characters.length);
