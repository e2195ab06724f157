import { badRequest, RequestError } from "../../shared/errors.ts";
import { type Json, JsonFloat } from "../../shared/json/json.ts";
import { JsonError } from "../../shared/json/json-error.ts";
import { parseJson } from "../../shared/json/parse.ts";

/** Notify sets no limit; a 5 MB letter is about 6.7 MB as base64. */
export const maxBodyBytes = 8 * 1024 * 1024;

const invalidJson = "Invalid JSON supplied in POST data";

/** The request's JSON whatever its `Content-Type`; what is falsy in Python is the same as `{}`. */
export async function readBody(request: Request): Promise<Json> {
  return parseBody(await readBytes(request));
}

/** The same of bytes that have been read. */
export function parseBody(bytes: Uint8Array): Json {
  try {
    const value = parseJson(bytes);
    return isFalsy(value) ? {} : value;
  } catch (error) {
    if (error instanceof JsonError) throw badRequest(invalidJson);
    throw error;
  }
}

function isFalsy(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value instanceof JsonFloat ? value.value === 0 : !value;
}

/** The body as it came. Throws a 413 for one over the limit. */
export async function readBytes(request: Request): Promise<Uint8Array> {
  try {
    return await readWithinLimit(request);
  } catch (error) {
    // Whatever else goes wrong is a client that went away.
    throw error instanceof RequestError ? error : badRequest(invalidJson);
  }
}

async function readWithinLimit(request: Request): Promise<Uint8Array> {
  const declared = request.headers.get("Content-Length");
  if (declared === null)
    return request.body === null ? new Uint8Array() : await countWhileReading(request.body);
  if (!(Number(declared) <= maxBodyBytes)) throw tooLarge();
  // The server reads no further than was declared.
  return new Uint8Array(await request.arrayBuffer());
}

async function countWhileReading(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > maxBodyBytes) {
      await reader.cancel();
      throw tooLarge();
    }
    chunks.push(value);
  }
  return join(chunks, size);
}

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function tooLarge(): RequestError {
  const message = `The request body cannot be larger than ${maxBodyBytes} bytes`;
  return new RequestError(413, [{ error: "RequestEntityTooLarge", message }]);
}
