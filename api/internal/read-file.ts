import { Refusal } from "./refusal.ts";

/** A request's body, a file. Reads no further than `most` bytes; throws a 413 then, a 400 where it was cut off. */
export async function readFile(
  request: Request,
  { most, tooLarge }: { most: number; tooLarge: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const declared = request.headers.get("Content-Length");
  if (declared !== null && !(Number(declared) <= most)) throw new Refusal(413, tooLarge);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read().catch(() => cutOff())) ?? { done: true };
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader?.cancel();
      throw new Refusal(413, tooLarge);
    }
    chunks.push(value);
  }
  // Some servers end the body of a client that went away.
  if (declared !== null && size !== Number(declared)) cutOff();
  const file = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    file.set(chunk, at);
    at += chunk.length;
  }
  return file;
}

function cutOff(): never {
  throw new Refusal(400, "The file was cut off");
}
