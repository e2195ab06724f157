/** The characters a text message can carry (notifications-utils `sanitise_text.py`, `spec/templates.md` 4.2). */

const basic =
  "\n\r\x1b !\"#%&'()*+,-./0123456789:;<=>?@$_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" +
  "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
/** Take two places in a GSM message. */
const extended = "^{}\\[~]|€";
/** Welsh letters that GSM lacks: one makes the whole message unicode. */
const welsh = "ÀÁÂÈÊËÌÍÎÏÒÓÔÙÚÛÝáâêëíîïóôúûýÿŴŵŶŷŸẀẁẂẃẄẅỲỳ";

const allowed: ReadonlySet<string> = new Set(basic + extended + welsh);
const notAllowed = new RegExp(`[^${escapeClass(basic + extended + welsh)}]`, "gu");
const plain = new RegExp(`^[${escapeClass(basic)}]*$`);
const extendedPattern = new RegExp(`[${escapeClass(extended)}]`, "g");
const welshPattern = new RegExp(`[${welsh}]`);

const replacements: ReadonlyMap<string, string> = new Map([
  ...Array.from("\u2011\u2013\u2014\u2212", (dash) => [dash, "-"] as const),
  ["…", "..."],
  ...Array.from("‘’‚", (quote) => [quote, "'"] as const),
  ...Array.from("“”„", (quote) => [quote, '"'] as const),
  ...Array.from("\u180e\u200b\u200c\u200d\u2060\ufeff\u2028\u2029", (hidden) => [hidden, ""] as const),
  ...Array.from("\u00a0\u202f\t", (space) => [space, " "] as const),
  ["Ł", "L"],
  ["ł", "l"],
]);

function escapeClass(characters: string): string {
  return characters.replace(/[\\\]^-]/g, "\\$&");
}

/** What a phone can show of a text: letters lose accents it lacks, and what it cannot show becomes `?`. */
export function downgradeToGsm(text: string): string {
  return plain.test(text) ? text : text.replace(notAllowed, downgradeCharacter);
}

function downgradeCharacter(character: string): string {
  // Nothing in the table has a canonical decomposition, so the table may come first.
  return replacements.get(character) ?? baseOf(character) ?? "?";
}

/** The first character of a one-step canonical decomposition, if a phone can show it. */
function baseOf(character: string): string | null {
  const composed = character.normalize("NFC");
  // The Ångström sign and its like are other characters by another name.
  if (composed !== character) return kept(composed);
  const oneStep = Array.from(character.normalize("NFD")).slice(0, -1).join("").normalize("NFC");
  const [base] = oneStep;
  return kept(base);
}

function kept(character: string | undefined): string | null {
  return character !== undefined && allowed.has(character) ? character : null;
}

export type SmsEncoding = "gsm" | "unicode";

/** How a text would be sent, by its characters before they were downgraded. */
export function smsEncoding(text: string): SmsEncoding {
  return welshPattern.test(text) ? "unicode" : "gsm";
}

/** How many characters take two places. */
export function countExtended(text: string): number {
  return plain.test(text) ? 0 : (text.match(extendedPattern)?.length ?? 0);
}
