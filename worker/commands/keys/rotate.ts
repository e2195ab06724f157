import * as v from "valibot";
import { command, type Deps, Flag, jsonOption } from "../command.ts";
import { rotateShelf, shelves } from "./files.ts";
import { type Place, places, type Sealed } from "./places.ts";

const Input = v.object({ json: Flag });

export const rotateKeysCommand = command({
  name: "rotate",
  description:
    "Encrypt everything with the first of ENCRYPTION_KEYS; run it until it finds nothing, then the old key can go",
  args: { json: jsonOption },
  input: Input,
  run: rotate,
});

/** How many rows are read and written at once. */
const pageSize = 1000;

/**
 * Each value is replaced only where it is still the one that was read, and each page is kept for itself: it may be
 * stopped at any time and run beside workers. Throws at the end where a value could not be decrypted.
 */
async function rotate({ json }: v.InferOutput<typeof Input>, deps: Deps) {
  const counts: Record<string, number> = {};
  const failed: string[] = [];
  for (const place of places) {
    counts[place.name] = await rotatePlace(place, deps, failed);
  }
  for (const shelf of shelves) counts[shelf.name] = await rotateShelf(shelf, deps, failed);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (json) deps.print(JSON.stringify({ key: deps.cipher.keyId, reencrypted: total, places: counts }));
  else if (total === 0 && failed.length === 0) {
    deps.print(`Nothing to do: everything is under the key "${deps.cipher.keyId}"`);
  } else deps.print(`Encrypted ${total} values with the key "${deps.cipher.keyId}"`);
  if (failed.length > 0) {
    const named = failed.slice(0, 3).join(", ") + (failed.length > 3 ? ", …" : "");
    throw new Error(
      `Cannot decrypt ${failed.length}, which are damaged or of a key not configured: ${named}`,
    );
  }
}

async function rotatePlace(place: Place, { sql, cipher, note }: Deps, failed: string[]): Promise<number> {
  let changed = 0;
  let looked = 0;
  let after: string | null = null;
  for (;;) {
    const page: Sealed[] = await place.read(sql, { keyId: cipher.keyId, after, limit: pageSize });
    looked += page.length;
    const changes = [];
    for (const { id, value, purpose } of page) {
      if (value === null) continue;
      const plain = await cipher.decrypt(value, purpose).catch(() => null);
      if (plain === null) failed.push(`${place.name} of ${id}`);
      else changes.push({ id, was: value, becomes: await cipher.encrypt(plain, purpose) });
    }
    if (changes.length > 0) {
      changed += await place.replace(sql, changes);
      note(`${place.name}: ${changed} encrypted anew, ${looked} looked at`);
    }
    const last = page.at(-1);
    if (!last || page.length < pageSize) return changed;
    after = last.id;
  }
}
