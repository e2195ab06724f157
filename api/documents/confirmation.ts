import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { documentPath } from "../../shared/document/link.ts";
import type { Signer } from "../../shared/signing.ts";

/* A browser whose user gave the recipient's address keeps a signed cookie, sent with that one document's pages only. */

const name = "confirmed";
const purpose = "documents.confirmation";
const lifeSeconds = 3600;

export interface Confirmation {
  serviceId: string;
  id: string;
  at: Date;
  signer: Signer;
}

/** Adds the cookie to the answer that `c` makes. */
export async function rememberConfirmation(
  c: Context,
  { serviceId, id, at, signer, isHttps }: Confirmation & { isHttps: boolean },
): Promise<void> {
  const until = Math.floor(at.getTime() / 1000) + lifeSeconds;
  setCookie(c, name, `${until}.${await signer.sign(`${id} ${until}`, purpose)}`, {
    path: `/${documentPath(serviceId, id)}`,
    maxAge: lifeSeconds,
    httpOnly: true,
    secure: isHttps,
    // Not `Strict`: who comes back by the link in a webmail page would have to confirm again.
    sameSite: "Lax",
  });
}

export async function isConfirmed(c: Context, { id, at, signer }: Confirmation): Promise<boolean> {
  const [, until, signature] = /^(\d{1,12})\.(.+)$/.exec(getCookie(c, name) ?? "") ?? [];
  if (until === undefined || signature === undefined) return false;
  return Number(until) * 1000 > at.getTime() && (await signer.isSigned(`${id} ${until}`, signature, purpose));
}
