/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import * as v from "valibot";
import { templateTypes } from "../../../shared/template/admin.ts";
import { type FoundTemplate, findTemplates } from "../../../shared/template/find-templates.ts";
import { listFolders, type TemplateFolder } from "../../../shared/template/folders.ts";
import { parseUuid } from "../../uuid.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { FaultSummary, type Faults, Field, Form, Select, type Typed } from "../form.tsx";
import { pageOf, positionOf, searchOf } from "../listing.ts";
import { type Column, Paging, Table, Time } from "../parts.tsx";
import { getService, type TemplateDeps } from "./context.ts";
import { pathTo } from "./folder-tree.ts";
import { rootOf } from "./paths.ts";
import { typeNames } from "./types.ts";

const size = 50;

/** What was typed into the forms about folders, and what is wrong with it. */
interface Shown {
  folderId: string | null;
  typed?: Typed;
  faults?: Faults;
}

/** A folder of templates, or what was looked for in all of them. */
export async function listPage(
  c: Context<ConsoleEnv>,
  deps: TemplateDeps,
  { folderId, typed = {}, faults }: Shown,
): Promise<Response> {
  const root = rootOf(c);
  const serviceId = c.var.service.id;
  const search = searchOf(c);
  const asked = v.safeParse(v.picklist(templateTypes), c.req.query("type"));
  const type = asked.success ? asked.output : null;
  const archived = c.req.query("state") === "deleted";
  const isSearch = search !== "" || type !== null || archived;
  const query = {
    serviceId,
    folder: isSearch ? ("any" as const) : { id: folderId },
    search,
    type,
    archived,
    after: positionOf(c),
    limit: size + 1,
  };
  const [found, folders, { permissions }] = await Promise.all([
    deps.ask((sql) => findTemplates(sql, query)),
    deps.ask((sql) => listFolders(sql, serviceId)),
    getService(c, deps),
  ]);
  const path = pathTo(folders, folderId);
  const folder = path.at(-1) ?? null;
  if (folderId !== null && !folder) throw notThere();
  const { shown, next } = pageOf(c, found, size);
  const mayChange = c.var.role !== "viewer";
  const title = folder && !isSearch ? folder.name : "Templates";
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <search>
        <form method="get" action={root} class="filter">
          <Field label="Name or id" name="q" type="search" value={search} />
          <Select
            label="Kind"
            name="type"
            value={type ?? ""}
            choices={[
              { value: "", label: "All" },
              ...templateTypes.map((value) => ({ value, label: typeNames[value].many })),
            ]}
          />
          <Select
            label="State"
            name="state"
            value={archived ? "deleted" : ""}
            choices={[
              { value: "", label: "In use" },
              { value: "deleted", label: "Deleted" },
            ]}
          />
          <button type="submit" class="quiet">
            Search
          </button>
        </form>
      </search>
      {mayChange ? (
        <p class="actions">
          {templateTypes
            .filter((each) => permissions.has(each))
            .map((each) => (
              <a class="button" href={`${root}/new?type=${each}${folder ? `&folder=${folder.id}` : ""}`}>
                New {typeNames[each].one}
              </a>
            ))}
        </p>
      ) : null}
      {isSearch ? null : <Folders folders={folders} parentId={folderId} root={root} />}
      <Table
        caption={isSearch ? "Templates found, by name" : "Templates by name"}
        columns={columnsAt(root, isSearch)}
        rows={shown}
        empty={isSearch ? "No template is like that." : emptyFor(folder, mayChange)}
      />
      <Paging newer={null} older={next} />
      {mayChange && !isSearch ? (
        <FolderForms c={c} folder={folder} root={root} typed={typed} faults={faults} />
      ) : null}
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    crumbs: [
      { title: "Templates", path: path.length === 0 ? null : root },
      ...path.map(({ id, name }) => ({
        title: name,
        path: id === folderId ? null : `${root}?folder=${id}`,
      })),
    ],
  });
}

/** GET /templates */
export function listTemplates(deps: TemplateDeps) {
  return (c: Context<ConsoleEnv>): Promise<Response> => {
    const asked = c.req.query("folder") ?? "";
    const folderId = parseUuid(asked);
    if (asked !== "" && folderId === null) throw notThere();
    return listPage(c, deps, { folderId });
  };
}

function Folders({
  folders,
  parentId,
  root,
}: {
  folders: readonly TemplateFolder[];
  parentId: string | null;
  root: string;
}) {
  const below = folders.filter((folder) => folder.parentId === parentId);
  if (below.length === 0) return null;
  return (
    <nav aria-label="Folders">
      <ul class="folders">
        {below.map(({ id, name }) => (
          <li>
            <a href={`${root}?folder=${id}`}>
              <FolderMark /> {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function FolderMark() {
  return (
    <svg class="folder-mark" viewBox="0 0 20 16" width="20" height="16" aria-hidden="true">
      <path d="M1 3a2 2 0 0 1 2-2h5l2 2h7a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2z" />
    </svg>
  );
}

function columnsAt(root: string, isSearch: boolean): readonly Column<FoundTemplate>[] {
  return [
    { title: "Name", cell: ({ id, name }) => <a href={`${root}/${id}`}>{name}</a> },
    { title: "Kind", cell: ({ type }) => <span class="tag">{typeNames[type].tag}</span> },
    ...(isSearch ? [{ title: "Folder", cell: ({ folderName }: FoundTemplate) => folderName ?? "–" }] : []),
    { title: "Version", cell: ({ version }) => version, isNumber: true },
    { title: "Changed", cell: ({ changedAt }) => <Time at={changedAt} /> },
  ];
}

function emptyFor(folder: TemplateFolder | null, mayChange: boolean): string {
  if (folder) return "No templates in this folder.";
  return mayChange ? "No templates yet. Make one, and programs can send with it." : "No templates yet.";
}

interface FolderFormProps {
  c: Context<ConsoleEnv>;
  folder: TemplateFolder | null;
  root: string;
  typed: Typed;
  faults: Faults | undefined;
}

function FolderForms({ c, folder, root, typed, faults }: FolderFormProps) {
  return (
    <details open={faults !== undefined}>
      <summary>{folder ? "Change this folder" : "Make a folder"}</summary>
      {folder ? (
        <>
          <Form c={c} action={`${root}/folders/${folder.id}`}>
            <Field
              label="Name of this folder"
              name="rename"
              value={typed.rename ?? folder.name}
              faults={faults}
            />
            <button type="submit" class="quiet">
              Rename
            </button>
          </Form>
          <Form c={c} action={`${root}/folders/${folder.id}/delete`}>
            <button type="submit" class="danger">
              Delete this folder
            </button>
            <p class="hint">Only one that holds nothing.</p>
          </Form>
        </>
      ) : null}
      <Form c={c} action={`${root}/folders`}>
        {folder ? <input type="hidden" name="parent" value={folder.id} /> : null}
        <Field
          label={folder ? "Name of a folder in this one" : "Name of the folder"}
          name="folder_name"
          value={typed.folder_name}
          faults={faults}
        />
        <button type="submit" class="quiet">
          Make the folder
        </button>
      </Form>
    </details>
  );
}
