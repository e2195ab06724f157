import { Hono, type MiddlewareHandler } from "hono";
import {
  createTemplateFolder,
  deleteTemplateFolder,
  type FolderRouteDeps,
  listTemplateFolders,
  moveContents,
  renameTemplateFolder,
} from "./folders.ts";

/** Where services keep their templates (`spec/admin-api.md` 4.4). */
export function folderRoutes(auth: MiddlewareHandler, deps: FolderRouteDeps): Hono {
  const path = "/service/:service/template-folder";
  return new Hono()
    .get(path, auth, listTemplateFolders(deps))
    .post(path, auth, createTemplateFolder(deps))
    .post(`${path}/contents`, auth, moveContents(deps))
    .post(`${path}/:folder`, auth, renameTemplateFolder(deps))
    .delete(`${path}/:folder`, auth, deleteTemplateFolder(deps))
    .post(`${path}/:folder/contents`, auth, moveContents(deps));
}
