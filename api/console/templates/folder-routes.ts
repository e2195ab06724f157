import { Hono } from "hono";
import * as v from "valibot";
import { createFolder, deleteFolder, listFolders, renameFolder } from "../../../shared/template/folders.ts";
import { parseUuid } from "../../uuid.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import type { TemplateDeps } from "./context.ts";
import { listPage } from "./list.tsx";
import { idIn, rootOf } from "./paths.ts";

const Name = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, "Enter a name"),
  v.maxLength(255, "The name is too long"),
);
const Make = v.object({ folder_name: Name, parent: v.optional(v.string()) });
const Rename = v.object({ rename: Name });

/** Folders of templates. */
export function folderPages(deps: TemplateDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/templates/folders";

  pages.post(at, limitForm, async (c) => {
    const form = await readForm(c, Make);
    const parentId = parseUuid(form.typed.parent ?? "");
    if (!form.ok)
      return await listPage(c, deps, { folderId: parentId, typed: form.typed, faults: form.faults });
    const folder = { id: deps.newId(), serviceId: c.var.service.id, name: form.value.folder_name, parentId };
    return await audited(c, deps, { action: "folder.create", subject: `folder ${folder.id}` }, async () => {
      const made = await deps.ask((sql) => createFolder(sql, { ...folder, at: deps.now() }));
      if (!made) throw notThere();
      const path = `${rootOf(c)}?folder=${folder.id}`;
      return { value: redirectWith(c, path, "Made the folder"), after: { parentId } };
    });
  });

  pages.post(`${at}/:folder`, limitForm, async (c) => {
    const id = idIn(c, "folder");
    const form = await readForm(c, Rename);
    if (!form.ok) return await listPage(c, deps, { folderId: id, typed: form.typed, faults: form.faults });
    const serviceId = c.var.service.id;
    return await audited(c, deps, { action: "folder.rename", subject: `folder ${id}` }, async () => {
      const change = { id, serviceId, name: form.value.rename, at: deps.now() };
      if (!(await deps.ask((sql) => renameFolder(sql, change)))) throw notThere();
      return { value: redirectWith(c, `${rootOf(c)}?folder=${id}`, "Renamed the folder") };
    });
  });

  pages.post(`${at}/:folder/delete`, limitForm, async (c) => {
    const id = idIn(c, "folder");
    await readForm(c, v.object({}));
    const serviceId = c.var.service.id;
    const folder = (await deps.ask((sql) => listFolders(sql, serviceId))).find((one) => one.id === id);
    if (!folder) throw notThere();
    return await audited(c, deps, { action: "folder.delete", subject: `folder ${id}` }, async () => {
      const outcome = await deps.ask((sql) => deleteFolder(sql, serviceId, id));
      if (outcome === "full") {
        const faults = { "": "This folder still holds something: move that out first" };
        return { value: await listPage(c, deps, { folderId: id, faults }), refused: true };
      }
      const above = folder.parentId === null ? rootOf(c) : `${rootOf(c)}?folder=${folder.parentId}`;
      return { value: redirectWith(c, above, "Deleted the folder") };
    });
  });
  return pages;
}
