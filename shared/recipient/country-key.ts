/**
 * What a country is looked up by (notifications-utils `countries/`, `spec/recipients.md` 3.4): its name without case,
 * spaces and punctuation, in ASCII where every letter has an ASCII form. Null for a name with a digit, which is none.
 */
export function countryKey(name: string): string | null {
  if (/\p{Nd}/u.test(name)) return null;
  const bare = name
    .replace(/[&+]/g, "and")
    .replace(/[ _\-'’,.()]/g, "")
    .toLowerCase();
  if (isAscii(bare)) return bare;
  const folded = Array.from(bare.normalize("NFC"), foldCharacter).join("");
  return isAscii(folded) ? folded : bare;
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** `ệ` has two accents and would lose but one, so it stays. */
function foldCharacter(character: string): string {
  if (character === "ł") return "l";
  if (/[‘‚]/.test(character)) return "'";
  const [base = character, ...accents] = Array.from(character.normalize("NFD"));
  return accents.length === 1 ? base : character;
}
