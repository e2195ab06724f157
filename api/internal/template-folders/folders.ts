import type { Context } from "hono";
import type * as v from "valibot";
import { isJsonObject, type Json, type JsonObject } from "../../../shared/json/json.ts";
import {
  createFolder,
  deleteFolder,
  listFolders,
  type MoveFault,
  moveToFolder,
  renameFolder,
  type TemplateFolder,
} from "../../../shared/template/folders.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { type Fields, readFields } from "../../v2/schema/faults.ts";
import type { Ask } from "../ask.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult, Refusal } from "../refusal.ts";
import { existingService } from "../usage/requests.ts";
import { Contents, folderIdOf, NewFolder, Renamed } from "./requests.ts";

export interface FolderRouteDeps {
  ask: Ask;
  now: () => Date;
  newId: () => string;
}

/** GET /service/{id}/template-folder: all of them, by name. */
export function listTemplateFolders({ ask }: FolderRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const folders = await ask((sql) => listFolders(sql, serviceId));
    return answerJson(200, { template_folders: folders.map(viewFolder) });
  };
}

/** POST /service/{id}/template-folder */
export function createTemplateFolder({ ask, now, newId }: FolderRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const { name, parent_id: parentId } = await read(c, NewFolder);
    const folder = { id: newId(), serviceId, name, parentId, at: now() };
    const created = await ask((sql) => createFolder(sql, folder));
    if (!created) throw new Refusal(400, "parent_id not found");
    return answerJson(201, { data: viewFolder(created) });
  };
}

/** POST /service/{id}/template-folder/{id}: gives it another name. */
export function renameTemplateFolder({ ask, now }: FolderRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const [serviceId, id] = [serviceIdOf(c), folderIdOf(c)];
    const { name } = await read(c, Renamed);
    const folder = await ask((sql) => renameFolder(sql, { id, serviceId, name, at: now() }));
    if (!folder) throw noResult();
    return answerJson(200, { data: viewFolder(folder) });
  };
}

/** DELETE /service/{id}/template-folder/{id}: only one that holds nothing. */
export function deleteTemplateFolder({ ask }: FolderRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const [serviceId, id] = [serviceIdOf(c), folderIdOf(c)];
    const outcome = await ask((sql) => deleteFolder(sql, serviceId, id));
    if (outcome === null) throw noResult();
    if (outcome === "full") throw new Refusal(400, "Folder is not empty");
    return new Response(null, { status: 204 });
  };
}

/** POST /service/{id}/template-folder[/{id}]/contents: moves templates and folders into one, or to the top. */
export function moveContents({ ask, now }: FolderRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const targetId = c.req.param("folder") === undefined ? null : folderIdOf(c);
    const { templates: templateIds, folders: folderIds } = await read(c, Contents);
    const move = { serviceId, targetId, templateIds, folderIds, at: now() };
    const fault = await ask((sql) => moveToFolder(sql, move));
    if (fault) throw refusalOf(fault);
    return new Response(null, { status: 204 });
  };
}

function refusalOf(fault: MoveFault): Refusal {
  switch (fault.what) {
    case "target":
      return noResult();
    case "folder":
      return new Refusal(400, `No folder found with id ${fault.id}`);
    case "template":
      return new Refusal(400, `Could not move to folder: No template found with id ${fault.id}`);
    case "itself":
      return new Refusal(400, "You cannot move a folder to itself");
    case "own-subfolder":
      return new Refusal(400, "You cannot move a folder to one of its subfolders");
  }
}

/** Who asks, and who may look in, is read over: we keep neither. */
async function read<Schema extends Fields>(c: Context, schema: Schema): Promise<v.InferOutput<Schema>> {
  return readFields(schema, known(await readBody(c.req.raw), schema));
}

function known(body: Json, { entries }: Fields): Json {
  if (!isJsonObject(body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => Object.hasOwn(entries, name)));
}

function viewFolder({ id, serviceId, name, parentId, userIds }: TemplateFolder): JsonObject {
  return { id, service_id: serviceId, name, parent_id: parentId, users_with_permission: userIds };
}
