import type { TemplateFolder } from "../../../shared/template/folders.ts";
import type { Choice } from "../form.tsx";

/** The folders down to this one, itself last; none for the top. */
export function pathTo(folders: readonly TemplateFolder[], id: string | null): TemplateFolder[] {
  const byId = new Map(folders.map((folder) => [folder.id, folder]));
  const path: TemplateFolder[] = [];
  let folder = id === null ? undefined : byId.get(id);
  while (folder && !path.includes(folder)) {
    path.unshift(folder);
    folder = folder.parentId === null ? undefined : byId.get(folder.parentId);
  }
  return path;
}

/** Each by its whole path, in order. */
export function folderChoices(folders: readonly TemplateFolder[]): Choice[] {
  const choices = folders.map(({ id }) => ({
    value: id,
    label: pathTo(folders, id)
      .map(({ name }) => name)
      .join(" / "),
  }));
  return choices.toSorted((a, b) => a.label.localeCompare(b.label, "en-GB"));
}
