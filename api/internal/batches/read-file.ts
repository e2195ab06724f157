import { mostFileBytes } from "../../../shared/batch/batch.ts";
import { Refusal } from "../refusal.ts";

/** A request's body, a file. Reads no further than the largest file goes; throws a 413 then, a 400 where it was cut off. */
export async function readFile(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const declared = request.headers.get("Content-Length");
  if (declared !== null && !(Number(declared) <= mostFileBytes)) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read().catch(() => cutOff())) ?? { done: true };
    if (done) break;
    size += value.length;
    if (size > mostFileBytes) {
      await reader?.cancel();
      throw tooLarge();
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

function tooLarge(): Refusal {
  return new Refusal(413, "The file cannot be larger than 10 MB");
}

function cutOff(): never {
  throw new Refusal(400, "The file was cut off");
}
