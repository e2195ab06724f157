import type { Db, Pool } from "../database.ts";

export interface TemplateFolder {
  id: string;
  serviceId: string;
  name: string;
  /** Null at the top. */
  parentId: string | null;
  /** Who may look into it: all of the service, as we keep nobody out. */
  userIds: string[];
}

/** By name. */
export async function listFolders(db: Db, serviceId: string): Promise<TemplateFolder[]> {
  return await db<TemplateFolder[]>`
    ${selectFolders(db)} where f.service_id = ${serviceId} order by f.name, f.id`;
}

/** Null where the parent is none of the service's. The service must exist. */
export async function createFolder(
  db: Db,
  {
    id,
    serviceId,
    name,
    parentId,
    at,
  }: Pick<TemplateFolder, "id" | "serviceId" | "name" | "parentId"> & { at: Date },
): Promise<TemplateFolder | null> {
  const made = await db`
    insert into template_folder (id, service_id, name, parent_id, created_at)
    select ${id}, ${serviceId}, ${name}, ${parentId}::uuid, ${at}
    where ${parentId}::uuid is null
      or exists (select from template_folder where id = ${parentId} and service_id = ${serviceId} for key share)
    returning id`;
  return made.length === 1 ? await findFolder(db, serviceId, id) : null;
}

/** Null where the service has no such folder. */
export async function renameFolder(
  db: Db,
  { id, serviceId, name, at }: { id: string; serviceId: string; name: string; at: Date },
): Promise<TemplateFolder | null> {
  await db`
    update template_folder set name = ${name}, updated_at = ${at}
    where id = ${id} and service_id = ${serviceId}`;
  return await findFolder(db, serviceId, id);
}

/** Only one that holds nothing; null where the service has no such folder. */
export async function deleteFolder(
  sql: Pool,
  serviceId: string,
  id: string,
): Promise<"deleted" | "full" | null> {
  return await sql.begin(async (tx) => {
    // Who puts something in holds it too.
    const found = await tx`
      select from template_folder where id = ${id} and service_id = ${serviceId} for update`;
    if (found.length === 0) return null;
    const [holds] = await tx<{ any: boolean }[]>`
      select exists (select from template_folder where parent_id = ${id})
        or exists (select from template_folder_map where template_folder_id = ${id}) as any`;
    if (holds?.any) return "full";
    await tx`delete from template_folder where id = ${id}`;
    return "deleted";
  });
}

export interface Move {
  serviceId: string;
  /** Null: to the top. */
  targetId: string | null;
  templateIds: readonly string[];
  folderIds: readonly string[];
  at: Date;
}

export type MoveFault =
  | { what: "target" | "folder" | "template"; id: string }
  | { what: "itself" | "own-subfolder" };

/** Moves all of them or none; null where that was done. Archived templates are in no folder and stay so. */
export async function moveToFolder(sql: Pool, move: Move): Promise<MoveFault | null> {
  const { serviceId, targetId, at } = move;
  const [templateIds, folderIds] = [[...move.templateIds], [...move.folderIds]];
  return await sql.begin(async (tx): Promise<MoveFault | null> => {
    // One at a time in a service: two moves could each put the other's folder under its own.
    await tx`select from services where id = ${serviceId} for no key update`;
    const above = targetId === null ? [] : await pathTo(tx, serviceId, targetId);
    if (targetId !== null && above.length === 0) return { what: "target", id: targetId };
    const folders = await tx<{ id: string }[]>`
      select id from template_folder where service_id = ${serviceId} and id = any(${folderIds}::uuid[])`;
    const unknownFolder = firstMissing(folderIds, folders);
    if (unknownFolder !== null) return { what: "folder", id: unknownFolder };
    const templates = await tx<{ id: string }[]>`
      select id from templates where service_id = ${serviceId} and id = any(${templateIds}::uuid[])`;
    const unknownTemplate = firstMissing(templateIds, templates);
    if (unknownTemplate !== null) return { what: "template", id: unknownTemplate };
    if (targetId !== null && folderIds.includes(targetId)) return { what: "itself" };
    if (folderIds.some((id) => above.includes(id))) return { what: "own-subfolder" };

    await tx`
      update template_folder set parent_id = ${targetId}, updated_at = ${at} where id = any(${folderIds}::uuid[])`;
    await tx`delete from template_folder_map where template_id = any(${templateIds}::uuid[])`;
    if (targetId !== null) {
      await tx`
        insert into template_folder_map (template_id, service_id, template_folder_id)
        select id, service_id, ${targetId} from templates
        where id = any(${templateIds}::uuid[]) and not archived`;
    }
    return null;
  });
}

/** A folder and those it is in; none where the service has no such folder. */
async function pathTo(db: Db, serviceId: string, id: string): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    with recursive above as (
      select id, parent_id from template_folder where id = ${id} and service_id = ${serviceId}
      union select f.id, f.parent_id from template_folder f join above a on f.id = a.parent_id
    )
    select id from above`;
  return rows.map((row) => row.id);
}

function firstMissing(ids: readonly string[], found: readonly { id: string }[]): string | null {
  const known = new Set(found.map(({ id }) => id));
  return ids.find((id) => !known.has(id)) ?? null;
}

async function findFolder(db: Db, serviceId: string, id: string): Promise<TemplateFolder | null> {
  const [folder] = await db<TemplateFolder[]>`
    ${selectFolders(db)} where f.id = ${id} and f.service_id = ${serviceId}`;
  return folder ?? null;
}

function selectFolders(db: Db) {
  return db`
    select f.id, f.service_id as "serviceId", f.name, f.parent_id as "parentId",
      array(select user_id::text from user_to_service u where u.service_id = f.service_id order by 1) as "userIds"
    from template_folder f`;
}
