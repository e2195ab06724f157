import { SignJWT } from "jose";
import { openWorld, type World } from "../../support/world.ts";

const secret = "a-secret-of-operators";

export const unknownId = "99999999-9999-4999-8999-999999999999";

/** A world without a worker, and what a program of its operators is answered. */
export async function openOperators(env: Record<string, string> = {}) {
  const world = await openWorld({ worker: false, env: { ADMIN_CLIENT_SECRETS: secret, ...env } });
  return { world, ask: (method: string, path: string, body?: unknown) => ask(world, method, path, body) };
}

export type Operators = Awaited<ReturnType<typeof openOperators>>;

/** `body` is sent as it is where it is text or bytes; the answer's is null where it has none. */
async function ask({ apiUrl }: World, method: string, path: string, body?: unknown) {
  const response = await fetch(`${apiUrl}${path}`, {
    method,
    headers: { Authorization: await operatorsToken() },
    ...(body !== undefined && {
      body: typeof body === "string" || body instanceof Blob ? body : JSON.stringify(body),
    }),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text), text };
}

/** What such a program sends as `Authorization`. */
export async function operatorsToken(): Promise<string> {
  const jwt = await new SignJWT({ iss: "notify-admin", iat: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(secret));
  return `Bearer ${jwt}`;
}

/** The envelope of a refusal. */
export const refused = (status: number, message: unknown) => ({ status, body: { result: "error", message } });

/** The same of what breaks a request's schema. */
export const invalid = (...messages: string[]) => ({
  status: 400,
  body: { status_code: 400, errors: messages.map((message) => ({ error: "ValidationError", message })) },
});
