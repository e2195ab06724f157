import type { Signer } from "../signing.ts";

const purpose = "letter status";

/** What DVLA shows when it reports of a letter: that we gave it this one's id. */
export async function createStatusToken(signer: Signer, notificationId: string): Promise<string> {
  return `${notificationId}.${await signer.sign(notificationId, purpose)}`;
}

/** The notification's id of a token that we made; null for any other. */
export async function readStatusToken(signer: Signer, token: string): Promise<string | null> {
  const dot = token.indexOf(".");
  const id = token.slice(0, Math.max(0, dot));
  if (!/^[0-9a-f-]{36}$/.test(id)) return null;
  return (await signer.isSigned(id, token.slice(dot + 1), purpose)) ? id : null;
}

/** Where DVLA reports of a letter. `root` ends in a slash. */
export async function createStatusUrl(signer: Signer, root: string, notificationId: string): Promise<string> {
  return `${root}notifications/letter/status?token=${await createStatusToken(signer, notificationId)}`;
}
