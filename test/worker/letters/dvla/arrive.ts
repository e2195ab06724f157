import { kindOf } from "../../../../shared/letter/dvla-file-name.ts";
import { dvlaFileId, sealDvlaFile, storeDvlaFile } from "../../../../shared/letter/dvla-files.ts";
import type { World } from "../../../support/world.ts";

/** Stores a file as if it had been taken in from the printer's server, and answers its id. */
export async function arrive(
  { sql, cipher, deps }: Pick<World, "sql" | "cipher" | "deps">,
  name: string,
  content: string | Uint8Array<ArrayBuffer>,
  foundAt = new Date(),
): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const id = await dvlaFileId(name, sha256);
  await deps.storage.put([await sealDvlaFile(cipher, id, bytes)]);
  await storeDvlaFile(sql, { id, name, size: bytes.length, sha256, kind: kindOf(name), foundAt });
  return id;
}
