import { base64url, decodeJwt, decodeProtectedHeader } from "jose";

/** A token whose parts could be decoded. Nothing in it is to be believed before a key verified it. */
export interface Token {
  text: string;
  algorithm: unknown;
  claims: Record<string, unknown>;
}

/** Null for what is no JWT. */
export function decodeToken(text: string): Token | null {
  try {
    base64url.decode(text.slice(text.lastIndexOf(".") + 1));
    return { text, algorithm: decodeProtectedHeader(text).alg, claims: { ...decodeJwt(text) } };
  } catch {
    return null;
  }
}

/**
 * What is wrong with a verified token's claims, in PyJWT's order. `undecodable`: PyJWT treats it like a wrong
 * signature. `clock`: made too long ago or in the future. `forbidden`: says what we do not accept.
 */
export type ClaimsFault = "undecodable" | "clock" | "forbidden";

/** Seconds either clock may be off, both ends included. */
const leeway = 30;

export function checkClaims(claims: Record<string, unknown>, now: Date): ClaimsFault | null {
  const seconds = now.getTime() / 1000;
  const issuedAt = "iat" in claims ? toInteger(claims.iat) : null;
  if (issuedAt !== null && !(issuedAt <= seconds + leeway)) return "clock";
  if ("nbf" in claims) {
    const notBefore = toInteger(claims.nbf);
    if (Number.isNaN(notBefore)) return "undecodable";
    if (notBefore > seconds + leeway) return "clock";
  }
  if ("exp" in claims) {
    const expiresAt = toInteger(claims.exp);
    if (Number.isNaN(expiresAt)) return "undecodable";
    if (expiresAt <= seconds - leeway) return "forbidden";
  }
  if ("aud" in claims || isNotText(claims, "sub") || isNotText(claims, "jti")) return "forbidden";
  if (issuedAt === null) return "undecodable";
  return Math.floor(seconds) - issuedAt > leeway ? "clock" : null;
}

function isNotText(claims: Record<string, unknown>, name: string): boolean {
  return name in claims && typeof claims[name] !== "string";
}

const integer = /^\s*[-+]?\d+(?:_\d+)*\s*$/;

/** Python's `int()`: numbers lose their fraction, text may hold one. NaN for anything else. */
function toInteger(value: unknown): number {
  if (typeof value === "number") return Number.isFinite(value) ? Math.trunc(value) : Number.NaN;
  if (typeof value === "boolean") return Number(value);
  if (typeof value === "string" && integer.test(value)) return Number(value.replaceAll("_", ""));
  return Number.NaN;
}
