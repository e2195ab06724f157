/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { TemplateObject } from "../../../shared/template/admin.ts";
import { listFolders, type TemplateFolder } from "../../../shared/template/folders.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { Choices, FaultSummary, type Faults, Form, Select } from "../form.tsx";
import { Facts, Status, Time } from "../parts.tsx";
import { drawPages, letterOf, panelOf, type TemplateDeps } from "./context.ts";
import { folderChoices, pathTo } from "./folder-tree.ts";
import { type PanelProps, PreviewPanel } from "./panel.tsx";
import { rootOf } from "./paths.ts";
import { typeNames } from "./types.ts";

interface Shown {
  /** What its preview shows; null for the template as it is. */
  panel?: Omit<PanelProps, "root">;
  faults?: Faults;
}

/** A template as its recipients see it, and what may be done with it. */
export async function templatePage(
  c: Context<ConsoleEnv>,
  deps: TemplateDeps,
  template: TemplateObject,
  { panel, faults }: Shown = {},
): Promise<Response> {
  const root = rootOf(c);
  const path = `${root}/${template.id}`;
  const [folders, shown] = await Promise.all([
    deps.ask((sql) => listFolders(sql, c.var.service.id)),
    panel ?? asItIs(c, deps, template, `${path}/email.html`),
  ]);
  const mayChange = c.var.role !== "viewer" && !template.archived;
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{template.name}</h1>
      {template.archived ? (
        <p class="warning">This template was deleted. Nothing can be sent with it.</p>
      ) : null}
      <p class="actions">
        {mayChange ? (
          <a class="button" href={`${path}/edit`}>
            Edit
          </a>
        ) : null}
        <a class="button quiet" href={`${path}/versions`}>
          Versions
        </a>
        <a
          class="button quiet"
          href={`/console/services/${c.var.service.id}/notifications?template=${template.id}`}
        >
          Messages sent with it
        </a>
      </p>
      <TemplateFacts template={template} contactBlock={shown.contactBlock} />
      <Form c={c} action={`${path}/test-send`}>
        <input type="hidden" name="form" value="show" />
        <input type="hidden" name="type" value={template.type} />
        <input type="hidden" name="template" value={template.id} />
        <PreviewPanel {...shown} root={root} />
        {mayChange && (template.type === "sms" || template.type === "email") ? (
          <>
            <h2>Test it</h2>
            <p class="hint">
              {template.type === "email"
                ? `It is sent to you, ${c.var.user.emailAddress}, filled in as above.`
                : "It is sent to your own telephone, filled in as above."}{" "}
              It counts and costs as any other.
            </p>
            <button type="submit">Send it to me</button>
          </>
        ) : null}
      </Form>
      {mayChange ? <Changes c={c} template={template} path={path} folders={folders} faults={faults} /> : null}
    </>
  );
  return await answerConsole(c, {
    title: template.name,
    faults,
    body,
    scripts: ["preview.js"],
    // Until its pages are drawn.
    liveSeconds: panel === undefined && shown.drawn?.fault === "no-answer" ? 3 : null,
    crumbs: [
      { title: "Templates", path: root },
      ...pathTo(folders, template.folderId).map(({ id, name }) => ({
        title: name,
        path: `${root}?folder=${id}`,
      })),
      { title: template.name, path: null },
    ],
  });
}

/** How long a page waits for a letter to be drawn: it shows later what takes longer. */
const drawingMs = 300;

async function asItIs(
  c: Context<ConsoleEnv>,
  deps: TemplateDeps,
  template: TemplateObject,
  frame: string,
): Promise<Omit<PanelProps, "root">> {
  const panel = await panelOf(c, deps, { draft: template, values: new Map(), frame });
  if (template.type !== "letter") return panel;
  const signal = AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(drawingMs)]);
  const letter = letterOf(template, panel.contactBlock, panel.values);
  return { ...panel, drawn: await drawPages(template.serviceId, letter, deps, signal) };
}

function TemplateFacts({
  template,
  contactBlock,
}: {
  template: TemplateObject;
  contactBlock: string | null;
}) {
  const { id, type, version, createdBy, createdAt, updatedAt, redacted, archived } = template;
  return (
    <Facts
      facts={[
        [
          "Kind",
          <>
            <span class="tag">{typeNames[type].tag}</span>
            {archived ? <Status status="deleted" /> : null}
          </>,
        ],
        ["Id", <code>{id}</code>],
        ["Version", `${version}, by ${createdBy?.name ?? "nobody known"}`],
        ["Changed", <Time at={updatedAt ?? createdAt} />],
        [
          "What it was filled in with",
          redacted ? "Hidden from those who look at messages" : "Shown with messages",
        ],
        ...(type === "email"
          ? ([["Link to unsubscribe", template.hasUnsubscribeLink ? "Yes" : "No"]] as const)
          : []),
        ...(type === "letter"
          ? ([["Contact block", <span class="lines">{contactBlock ?? "None"}</span>]] as const)
          : []),
      ]}
    />
  );
}

interface ChangesProps {
  c: Context<ConsoleEnv>;
  template: TemplateObject;
  path: string;
  folders: readonly TemplateFolder[];
  faults: Faults | undefined;
}

function Changes({ c, template, path, folders, faults }: ChangesProps) {
  return (
    <div class="cards">
      {folders.length === 0 ? null : (
        <Form c={c} action={`${path}/move`}>
          <h2>Move</h2>
          <Select
            label="Folder"
            name="folder"
            value={template.folderId ?? ""}
            choices={[{ value: "", label: "None" }, ...folderChoices(folders)]}
            faults={faults}
          />
          <button type="submit" class="quiet">
            Move
          </button>
        </Form>
      )}
      {template.redacted ? null : (
        <Form c={c} action={`${path}/redact`}>
          <h2>Hide what it is filled in with</h2>
          <p>Nobody sees any more, in messages sent or yet to be sent, what stood in the placeholders.</p>
          <Choices
            legend="This cannot be undone"
            name="hide"
            values={[]}
            choices={[{ value: "yes", label: "Hide it for good" }]}
            faults={faults}
          />
          <button type="submit" class="danger">
            Hide
          </button>
        </Form>
      )}
      <Form c={c} action={`${path}/delete`}>
        <h2>Delete</h2>
        <p>
          Nothing can be sent with it any more: programs that use it are refused. Messages already sent stay.
        </p>
        <Choices
          legend="This cannot be undone"
          name="confirm"
          values={[]}
          choices={[{ value: "yes", label: `Delete ${template.name}` }]}
          faults={faults}
        />
        <button type="submit" class="danger">
          Delete
        </button>
      </Form>
    </div>
  );
}
