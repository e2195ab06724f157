import { fromBase64, fromBase64Url, toBase64, toBase64Url } from "../base64.ts";
import type { Cipher } from "../encryption.ts";
import type { Signer } from "../signing.ts";

/** How long a link works. */
const lifeSeconds = 365 * 24 * 60 * 60;
const purpose = "unsubscribe";

/** What a link of ours tells. */
export interface UnsubscribeLink {
  notificationId: string;
  /** Null in links made before they held it: they work while the email's row is kept. */
  emailAddress: string | null;
}

/** An email that a link is made for: its notification's id, and whose it is. */
export interface LinkedEmail {
  id: string;
  to: string;
}

/**
 * What a link says beside the notification's id: when it was made, and to whom it was sent. That is encrypted and bound
 * to the other two, so nobody else can make or change it; links outlive what we keep of an email. Fit for a path.
 */
export async function createUnsubscribeToken(
  cipher: Cipher,
  { id, to }: LinkedEmail,
  at: Date,
): Promise<string> {
  const madeAt = seconds(at).toString(36);
  const [keyId = "", sealed = ""] = (await cipher.encrypt(to, sealedFor(id, madeAt))).split(".", 2);
  return `${madeAt}.${keyId}.${toBase64Url(fromBase64(sealed))}`;
}

/** What we said in the token; null unless we made it for this notification, within the last year. Takes the id in canonical form. */
export async function readUnsubscribeToken(
  { cipher, signer }: { cipher: Cipher; signer: () => Promise<Signer> },
  notificationId: string,
  token: string,
  now: Date,
): Promise<UnsubscribeLink | null> {
  const [madeAt = "", second = "", third, ...rest] = token.split(".", 4);
  if (!/^[0-9a-z]{1,8}$/.test(madeAt) || rest.length > 0) return null;
  if (seconds(now) - Number.parseInt(madeAt, 36) > lifeSeconds) return null;
  if (third === undefined) {
    const ours = await (await signer()).isSigned(`${notificationId} ${madeAt}`, second, purpose);
    return ours ? { notificationId, emailAddress: null } : null;
  }
  const sealed = fromBase64Url(third);
  if (sealed === null) return null;
  // It throws on what is not ours, or of a key that is gone.
  const emailAddress = await cipher
    .decrypt(`${second}.${toBase64(sealed)}`, sealedFor(notificationId, madeAt))
    .catch(() => null);
  return emailAddress === null ? null : { notificationId, emailAddress };
}

/** The link to a token: a page that asks first, and what mail programs post to. `root` ends in a slash. */
export async function createUnsubscribeUrl(
  cipher: Cipher,
  root: string,
  email: LinkedEmail,
  at: Date,
): Promise<string> {
  return `${root}unsubscribe/${email.id}/${await createUnsubscribeToken(cipher, email, at)}`;
}

function sealedFor(notificationId: string, madeAt: string): string {
  return `${purpose}:${notificationId} ${madeAt}`;
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
