import type { Db } from "../../../shared/database.ts";
import { findDvlaFiles, type ListedDvlaFile } from "../../../shared/letter/dvla-file-list.ts";

/** The one file of a name or id. Throws where there is none, or where several contents have had the name. */
export async function theFile(db: Db, nameOrId: string, action: string): Promise<ListedDvlaFile> {
  const files = await findDvlaFiles(db, nameOrId);
  const [file] = files;
  if (!file) throw new Error(`Cannot ${action} ${nameOrId}: there is no such file`);
  if (files.length > 1) {
    const ids = files.map(({ id, foundAt }) => `${id} of ${foundAt.toISOString()}`);
    throw new Error(
      `Cannot ${action} ${nameOrId}: several have that name, name one by its id: ${ids.join(", ")}`,
    );
  }
  return file;
}
