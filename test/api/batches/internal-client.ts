import { SignJWT } from "jose";

type Body = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | object;

export const adminSecret = "an-internal-secret-of-this-test";

/** Asks as the operators' program does; a body that is bytes goes as it is, any other as JSON. */
export async function askInternally(
  url: string,
  { body, method = body === undefined ? "GET" : "POST" }: { body?: Body | undefined; method?: string } = {},
) {
  const response = await fetch(url, {
    method,
    headers: { Authorization: `Bearer ${await internalToken()}` },
    ...(body !== undefined && {
      body: body instanceof Uint8Array || body instanceof ReadableStream ? body : JSON.stringify(body),
    }),
  });
  return { status: response.status, body: await response.json() };
}

export async function internalToken(): Promise<string> {
  return await new SignJWT({ iss: "notify-admin", iat: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(adminSecret));
}
