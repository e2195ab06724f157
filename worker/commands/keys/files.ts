import { batchKey } from "../../../shared/batch/files.ts";
import type { Db } from "../../../shared/database.ts";
import { keyIdOfBytes } from "../../../shared/encryption.ts";
import { dvlaFileKey } from "../../../shared/letter/dvla-files.ts";
import { letterKey } from "../../../shared/letter/files.ts";
import { pictureKeys } from "../../../shared/letter/picture.ts";
import type { Deps } from "../command.ts";

/** Where encrypted files are named; each is bound to its own key in the storage. */
export interface Shelf {
  name: string;
  /** The keys of the next rows' files, by the rows' ids. */
  read(db: Db, page: { after: string | null; limit: number }): Promise<{ id: string; keys: string[] }[]>;
}

/** Every shelf there is: files of one that is missing here are lost with their key. */
export const shelves: readonly Shelf[] = [
  {
    // Before the letters that they become.
    name: "uploaded letters",
    async read(db, { after, limit }) {
      const rows = await db<{ id: string }[]>`
        select id from letter_uploads ${after === null ? db`` : db`where id > ${after}`} order by id limit ${limit}`;
      return rows.map(({ id }) => ({ id, keys: [letterKey(id, "original")] }));
    },
  },
  {
    name: "letters' PDFs",
    async read(db, { after, limit }) {
      const rows = await db<{ id: string; precompiled: boolean }[]>`
        select notification_id as id, precompiled from letters
        ${after === null ? db`` : db`where notification_id > ${after}`} order by notification_id limit ${limit}`;
      return rows.map(({ id, precompiled }) => ({
        id,
        keys: [letterKey(id, "letter"), ...(precompiled ? [letterKey(id, "original")] : [])],
      }));
    },
  },
  {
    name: "letters' pictures",
    async read(db, { after, limit }) {
      const rows = await db<{ id: string; firstPage: number }[]>`
        select id, first_page as "firstPage" from letter_pictures
        ${after === null ? db`` : db`where id > ${after}`} order by id limit ${limit}`;
      return rows.map(({ id, firstPage }) => ({ id, keys: pictureKeys(id, firstPage) }));
    },
  },
  {
    name: "printer's files",
    async read(db, { after, limit }) {
      const rows = await db<{ id: string }[]>`
        select id from dvla_files ${after === null ? db`` : db`where id > ${after}`} order by id limit ${limit}`;
      return rows.map(({ id }) => ({ id, keys: [dvlaFileKey(id)] }));
    },
  },
  {
    // Those that no batch was made of yet too.
    name: "batches' files",
    async read(db, { after, limit }) {
      const rows = await db<{ id: string; serviceId: string }[]>`
        select id, service_id as "serviceId" from (
          select id, service_id from jobs union select id, service_id from job_uploads) as b
        ${after === null ? db`` : db`where id > ${after}`} order by id limit ${limit}`;
      return rows.map(({ id, serviceId }) => ({ id, keys: [batchKey(serviceId, id)] }));
    },
  },
];

/** Files are some megabytes each, and all of a page are in memory at once. */
const pageSize = 10;

/**
 * Encrypts a shelf's files with the current key where they are under another; answers how many. A letter's PDF that is
 * made again at the same moment may be written over with what it was: it comes out the same, or is found out by its hash
 * before it is printed.
 */
export async function rotateShelf(
  shelf: Shelf,
  { sql, cipher, storage, note }: Deps,
  failed: string[],
): Promise<number> {
  let changed = 0;
  let looked = 0;
  let after: string | null = null;
  for (;;) {
    const page = await shelf.read(sql, { after, limit: pageSize });
    const files = await storage.getMany(page.flatMap(({ keys }) => keys));
    const old = [...files].filter(([, content]) => keyIdOfBytes(content) !== cipher.keyId);
    looked += files.size;
    const anew = [];
    for (const [key, content] of old) {
      const plain = await cipher.decryptBytes(content, key).catch(() => null);
      if (plain === null) failed.push(key);
      else anew.push({ key, content: await cipher.encryptBytes(plain, key) });
    }
    await storage.put(anew);
    changed += anew.length;
    if (anew.length > 0) note(`${shelf.name}: ${changed} encrypted anew, ${looked} looked at`);
    const last = page.at(-1);
    if (!last || page.length < pageSize) return changed;
    after = last.id;
  }
}
