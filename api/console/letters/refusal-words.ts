/** Why a letter cannot be printed, as people are told (`spec/letters.md` 2.4). */
const words: Readonly<Record<string, string>> = {
  "unable-to-read-the-file": "The file cannot be read as a PDF. Save it as a PDF again, without a password.",
  "letter-too-long": "The letter has more than 10 pages. It can be printed on 5 sheets at most, both sides.",
  "letter-not-a4-portrait-oriented":
    "Some pages are not A4, upright. Each page must be 210 mm wide and 297 mm high.",
  "content-outside-printable-area":
    "Something stands outside the part of the page that can be printed on. Keep the margins free.",
  "notify-tag-found-in-content": "Something stands at the top left, where the printer’s own mark goes.",
  "address-is-empty": "There is no address in the address window.",
  "not-enough-address-lines": "The address has fewer than 3 lines.",
  "too-many-address-lines": "The address has more than 7 lines.",
  "invalid-address-line-1-or-2":
    "The first or second line of the address does not begin with a letter or a number.",
  "has-country-for-bfpo-address": "An address of the forces’ post office (BFPO) must not name a country.",
  "not-a-real-uk-postcode": "The last line of the address is no real UK postcode.",
  "cant-send-international-letters":
    "The address is abroad, and this service may send letters in the UK only.",
  "not-a-real-uk-postcode-or-country":
    "The last line of the address is neither a real UK postcode nor a country.",
  "invalid-char-in-address": "A line of the address begins with a character that no address may begin with.",
  "no-fixed-abode-address": "The address says “no fixed abode”: nobody can deliver it.",
};

const ofStatus: Readonly<Record<string, string>> = {
  "virus-scan-failed": "The virus scan found something in the file. It is kept from everybody.",
  "technical-failure": "We could not make, check or send it. Operators were told.",
};

/** What is wrong with a letter that failed. */
export function reasonOf(status: string, refusal: string | null): string {
  if (refusal !== null) return words[refusal] ?? refusal;
  return ofStatus[status] ?? "It cannot be printed as it is.";
}
