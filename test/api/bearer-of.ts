import { SignJWT } from "jose";

/** The header of a request made with this API key, as clients take it: `{name}-{service id}-{secret}`. */
export async function bearerOf(apiKey: string, at = new Date()): Promise<{ Authorization: string }> {
  const token = await new SignJWT({ iss: apiKey.slice(-73, -37), iat: Math.floor(at.getTime() / 1000) })
    .setProtectedHeader({ typ: "JWT", alg: "HS256" })
    .sign(new TextEncoder().encode(apiKey.slice(-36)));
  return { Authorization: `Bearer ${token}` };
}
