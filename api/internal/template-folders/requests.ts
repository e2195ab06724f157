import type { Context } from "hono";
import * as v from "valibot";
import { parseUuid } from "../../uuid.ts";
import { describedUuid, StorableText } from "../../v2/schema/fields.ts";
import { notOfType } from "../../v2/schema/words.ts";
import { noResult } from "../refusal.ts";

const longest = 255;
const FolderName = v.pipe(
  StorableText,
  v.check((text) => text.trim() !== "", "must not be empty"),
  v.check((text) => text.length <= longest, `must be no longer than ${longest} characters`),
);

const most = 1000;
const Ids = v.pipe(
  v.array(describedUuid("A template's, or a folder's"), notOfType("array")),
  v.maxLength(most, `must hold no more than ${most} ids`),
);

export const NewFolder = v.object({
  name: FolderName,
  parent_id: v.nullable(describedUuid("The folder it goes into")),
});
export const Renamed = v.object({ name: FolderName });
export const Contents = v.object({ templates: Ids, folders: Ids });

/** The folder of a path. */
export function folderIdOf(c: Context): string {
  const id = parseUuid(c.req.param("folder") ?? "");
  if (id === null) throw noResult();
  return id;
}
