import type { Db } from "../database.ts";
import type { TemplateObject, TemplateType } from "./admin.ts";

/** A template as people look for it. */
export interface FoundTemplate extends Pick<TemplateObject, "id" | "name" | "type" | "version"> {
  changedAt: Date;
  folderId: string | null;
  folderName: string | null;
}

export interface TemplateQuery {
  serviceId: string;
  /** In any folder, where something is looked for; null for the top. */
  folder: { id: string | null } | "any";
  /** Part of the name, or the whole id; empty for all. */
  search: string;
  type: TemplateType | null;
  archived: boolean;
  /** The last of another page. */
  after: { name: string; id: string } | null;
  limit: number;
}

/** By name, without those that we keep for ourselves. */
export async function findTemplates(
  db: Db,
  { serviceId, folder, search, type, archived, after, limit }: TemplateQuery,
): Promise<FoundTemplate[]> {
  const part = `%${search.replace(/[\\%_]/g, "\\$&")}%`;
  return await db<FoundTemplate[]>`
    select t.id, t.name, t.template_type as type, t.version, coalesce(t.updated_at, t.created_at) as "changedAt",
      f.id as "folderId", f.name as "folderName"
    from templates t left join template_folder_map m on m.template_id = t.id
      left join template_folder f on f.id = m.template_folder_id
    where t.service_id = ${serviceId} and not t.hidden and t.archived = ${archived}
      ${type === null ? db`` : db`and t.template_type = ${type}`}
      ${folder === "any" ? db`` : folder.id === null ? db`and f.id is null` : db`and f.id = ${folder.id}`}
      ${search === "" ? db`` : db`and (t.name ilike ${part} or t.id::text = ${search})`}
      ${after === null ? db`` : db`and (t.name, t.id) > (${after.name}, ${after.id}::uuid)`}
    order by t.name, t.id limit ${limit}`;
}

export interface VersionSummary extends Pick<TemplateObject, "version" | "name" | "archived"> {
  at: Date;
  /** Null where no person wrote it. */
  writtenBy: string | null;
}

/** The newest first, from below `before` on where that is not null. */
export async function listVersionSummaries(
  db: Db,
  { id, before, limit }: { id: string; before: number | null; limit: number },
): Promise<VersionSummary[]> {
  return await db<VersionSummary[]>`
    select h.version, h.name, h.archived, coalesce(h.updated_at, h.created_at) as at, u.name as "writtenBy"
    from templates_history h left join users u on u.id = h.created_by_id
    where h.id = ${id} ${before === null ? db`` : db`and h.version < ${before}`}
    order by h.version desc limit ${limit}`;
}
