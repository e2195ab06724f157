import { normalise } from "./passwords.ts";

/** In characters, as people count them. */
export const passwordLength = { least: 12, most: 128 } as const;

/** Of those seen most in leaks, they that are long enough; and ours. In lower case, without what is no letter or digit. */
const common: ReadonlySet<string> = new Set([
  "1q2w3e4r5t6y",
  "1qaz2wsx3edc",
  "abcdefghijkl",
  "abcdefghijklm",
  "administrator",
  "changemenow",
  "changethispassword",
  "correcthorsebatterystaple",
  "iloveyouiloveyou",
  "letmeinletmein",
  "letmeinplease",
  "mypassword",
  "mypassword123",
  "pillarbox",
  "qazwsxedcrfv",
  "qwerty123456",
  "qwertyuiop",
  "qwertyuiopasdfghjkl",
  "thisismypassword",
  "trustno1trustno1",
  "welcome",
]);

/**
 * What is wrong with a password that somebody wants, in words for them; null where nothing is. Asks no mixture of
 * characters, as NIST SP 800-63B advises.
 */
export function passwordFault(
  password: string,
  { name, emailAddress }: { name: string; emailAddress: string },
): string | null {
  const text = normalise(password);
  const length = [...text].length;
  const { least, most } = passwordLength;
  if (length < least) return `Password must have ${least} characters or more`;
  if (length > most) return `Password must have ${most} characters or fewer`;
  if (/^\d+$/.test(text)) return "Password must not be digits alone";
  const plain = text.toLowerCase();
  if (isCommon(plain)) return "Password is one that many people use: choose another";
  const [localPart = ""] = emailAddress.split("@");
  if ([localPart, name, ...name.split(/\s+/)].some((part) => isPartOf(part, plain)))
    return "Password must not have your name or email address in it";
  return null;
}

function isCommon(plain: string): boolean {
  const bare = plain.replace(/[^\p{L}\p{N}]/gu, "");
  // A few characters over and over: `123123123123`.
  if (new Set(plain).size < 5) return true;
  // Digits at the end make a common word no rarer.
  const word = bare.replace(/\d+$/, "");
  return [bare, word].some((one) => common.has(one)) || /^(password)+$/.test(word);
}

/** Initials and names of two letters are in many words. */
function isPartOf(part: string, plain: string): boolean {
  const wanted = normalise(part).toLowerCase().trim();
  return wanted.length >= 3 && plain.includes(wanted);
}
