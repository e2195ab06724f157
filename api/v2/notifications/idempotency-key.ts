import { badRequest, RequestError } from "../../../shared/errors.ts";
import type { Idempotency } from "../../../shared/notification/admission.ts";
import { answerError, answerText } from "../../answer.ts";

/** A key. Not a space: two headers of the name would read as one with a comma and a space. */
export const wellFormed = /^[\x21-\x7e]{1,255}$/;

/**
 * What to look up for a request, or null where it came without a key. Throws a 400 where its key is not 1 to 255 visible
 * ASCII characters.
 */
export async function readIdempotency(
  { raw, path }: { raw: Request; path: string },
  body: Uint8Array,
): Promise<Idempotency | null> {
  const key = raw.headers.get("Idempotency-Key");
  if (key === null) return null;
  if (!wellFormed.test(key)) {
    throw badRequest("Idempotency-Key must be 1 to 255 visible ASCII characters, without spaces");
  }
  return { key, fingerprint: await fingerprintOf(path, body), response: null };
}

/** Equal for two requests that are the same to the byte: SHA-256 of path and body, as hex. */
async function fingerprintOf(path: string, body: Uint8Array): Promise<string> {
  // No path holds a line break, so no two pairs read the same.
  const start = encoder.encode(`${path}\n`);
  const bytes = new Uint8Array(start.length + body.length);
  bytes.set(start);
  bytes.set(body, start.length);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The first answer once more. */
export function answerAgain(body: string): Response {
  const answer = answerText(201, body);
  answer.headers.set("Idempotency-Replayed", "true");
  return answer;
}

/** For a request whose key is that of one that has not been answered yet. */
export function answerInFlight(): Response {
  const message = "A request with this Idempotency-Key is still in progress, try again later";
  const answer = answerError({ status: 409, errors: [{ error: "ConflictError", message }] });
  answer.headers.set("Retry-After", "1");
  return answer;
}

export function keyOfAnother(): RequestError {
  const message = "This Idempotency-Key was used for a different request";
  return new RequestError(422, [{ error: "UnprocessableEntityError", message }]);
}

const encoder = new TextEncoder();
