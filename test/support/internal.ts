import { SignJWT } from "jose";

export const adminSecret = "an-internal-secret-of-this-test";

/** Asks an internal path as the operators' program does, with a body where there is one. */
export async function askInternal(apiUrl: string, path: string, body?: unknown) {
  const jwt = await new SignJWT({ iss: "notify-admin", iat: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(adminSecret));
  const response = await fetch(`${apiUrl}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { Authorization: `Bearer ${jwt}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
