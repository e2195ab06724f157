import type { Signer } from "../signing.ts";

/** How long a link works. */
const lifeSeconds = 365 * 24 * 60 * 60;
const purpose = "unsubscribe";

/** What a link says beside the notification's id: when it was made, signed. Fit for a path. */
export async function createUnsubscribeToken(
  signer: Signer,
  notificationId: string,
  at: Date,
): Promise<string> {
  const madeAt = seconds(at).toString(36);
  return `${madeAt}.${await signer.sign(signed(notificationId, madeAt), purpose)}`;
}

/** Whether we made the token for this notification, within the last year. Takes the id in canonical form. */
export async function isUnsubscribeToken(
  signer: Signer,
  notificationId: string,
  token: string,
  now: Date,
): Promise<boolean> {
  const [madeAt = "", signature = "", ...rest] = token.split(".", 3);
  if (!/^[0-9a-z]{1,8}$/.test(madeAt) || rest.length > 0) return false;
  if (seconds(now) - Number.parseInt(madeAt, 36) > lifeSeconds) return false;
  return await signer.isSigned(signed(notificationId, madeAt), signature, purpose);
}

/** The link to a token: a page that asks first, and what mail programs post to. `root` ends in a slash. */
export async function createUnsubscribeUrl(
  signer: Signer,
  root: string,
  notificationId: string,
  at: Date,
): Promise<string> {
  return `${root}unsubscribe/${notificationId}/${await createUnsubscribeToken(signer, notificationId, at)}`;
}

function signed(notificationId: string, madeAt: string): string {
  return `${notificationId} ${madeAt}`;
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
