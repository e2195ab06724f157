import { responseNameAt } from "../../../shared/letter/dvla-file-name.ts";
import { dvlaFileId, sealDvlaFile, storeDvlaFile } from "../../../shared/letter/dvla-files.ts";
import { findFakeable, findFreeSecond } from "../../../shared/letter/fake-response.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import type { WorkerDeps } from "../../deps.ts";

/**
 * Makes up the printer's answer to a letter of a test key, where such answers are made up (`spec/letters.md` 7), and has
 * it read as a real one is. No sheets, as test keys have none. Throws only to ask for another attempt.
 */
export async function fakeLetterResponse(
  { notificationId }: Payload<"fake-letter-response">,
  { letters, sql, storage, cipher, log, now }: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const reference = letters.fakeResponses ? await findFakeable(sql, notificationId) : null;
  if (reference === null) {
    log.info({ notificationId }, "No answer of the printer was made up");
    return;
  }
  const content = new TextEncoder().encode(`${reference}|Sent|0|Sorted`);
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const foundAt = now();
  const second = await findFreeSecond(sql, { sha256, at: foundAt });
  // This ran before.
  if (second === null) return;
  const name = responseNameAt(second);
  const id = await dvlaFileId(name, sha256);
  await storage.put([await sealDvlaFile(cipher, id, content)], signal);
  await storeDvlaFile(sql, { id, name, size: content.length, sha256, kind: "response", foundAt });
}
