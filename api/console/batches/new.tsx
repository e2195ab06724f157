/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { mostRows } from "../../../shared/batch/batch.ts";
import type { SendableTemplate } from "../../../shared/notification/notification.ts";
import type { Service } from "../../../shared/service/service.ts";
import { sendersFor } from "../../internal/batches/check-upload.ts";
import { parseUuid } from "../../uuid.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { FaultSummary, type Faults, FileField, Form, Select } from "../form.tsx";
import { type Column, Table } from "../parts.tsx";
import { type BatchPageDeps, batchesPath, serviceOf } from "./deps.ts";
import { columnsOf, type ExampleColumn } from "./example-file.ts";

const kinds = { sms: "Text", email: "Email", letter: "Letter" };

/** GET …/batches/new: a template to choose, and once it is chosen the file. */
export function newBatch(
  deps: Pick<BatchPageDeps, "findService" | "findTemplate" | "listSendableTemplates">,
) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    if (c.var.role === "viewer") throw notThere();
    const id = c.req.query("template");
    if (id === undefined) return await templatesPage(c, deps);
    const template = await chosenTemplate(c, deps, id);
    return await uploadPage(c, { template, service: await serviceOf(c, deps) });
  };
}

/** Throws where the service has no such template that it can send. */
export async function chosenTemplate(
  c: Context<ConsoleEnv>,
  { findTemplate }: Pick<BatchPageDeps, "findTemplate">,
  id: string,
): Promise<SendableTemplate> {
  const uuid = parseUuid(id);
  const template = uuid && (await findTemplate(c.var.service.id, uuid));
  if (!template || template.hidden || template.archived || !Object.hasOwn(kinds, template.type)) {
    throw notThere();
  }
  return template;
}

async function templatesPage(
  c: Context<ConsoleEnv>,
  { listSendableTemplates }: Pick<BatchPageDeps, "listSendableTemplates">,
): Promise<Response> {
  const templates = await listSendableTemplates(c.var.service.id, null);
  const columns: readonly Column<(typeof templates)[number]>[] = [
    {
      title: "Template",
      cell: ({ id, name }) => <a href={batchesPath(c, `/new?template=${id}`)}>{name}</a>,
    },
    { title: "Kind", cell: ({ type }) => <span class="tag">{kinds[type]}</span> },
    {
      title: "Columns of its file",
      cell: (template) =>
        columnsOf(template)
          .map(({ name }) => name)
          .join(", "),
    },
  ];
  const title = "Choose a template";
  const body = (
    <>
      <h1>{title}</h1>
      <p>Each row of your file becomes one message, made from the template.</p>
      <Table
        caption="Templates"
        columns={columns}
        rows={templates}
        empty="No templates yet. Write one first: it says what the messages say."
      />
    </>
  );
  return await answerConsole(c, { title, body, crumbs: crumbs(c, title) });
}

/** What is wrong with the file, where it could not be read at all. */
export async function uploadPage(
  c: Context<ConsoleEnv>,
  { template, service, faults = {} }: { template: SendableTemplate; service: Service; faults?: Faults },
): Promise<Response> {
  const columns = columnsOf(template);
  const isFaulty = Object.keys(faults).length > 0;
  const title = "Upload a list of people";
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <p>
        They will be sent the {kinds[template.type].toLowerCase()}{" "}
        <a href={`/console/services/${c.var.service.id}/templates/${template.id}`}>{template.name}</a>.
        Nothing is sent before you have seen the file checked.
      </p>
      <div class="split">
        <Form c={c} action={batchesPath(c, "/uploads")} upload>
          <input type="hidden" name="template" value={template.id} />
          <FileField
            label="Your file"
            name="file"
            accept=".csv,.tsv,.txt,.xlsx"
            hint={`CSV or Excel (.xlsx), up to 10 MB and ${mostRows.toLocaleString("en-GB")} rows.`}
            faults={faults}
          />
          <SenderField template={template} service={service} />
          <button type="submit">Check the file</button>
        </Form>
        <div>
          <Table caption="It needs these columns" columns={exampleColumns} rows={columns} empty="" />
          <p>
            <a href={batchesPath(c, `/example.csv?template=${template.id}`)} download>
              Download an example file
            </a>
          </p>
          <p class="hint">Their order does not matter. Other columns are passed over.</p>
        </div>
      </div>
    </>
  );
  return await answerConsole(c, {
    title,
    faults: isFaulty ? faults : undefined,
    body,
    crumbs: crumbs(c, title),
  });
}

/** Only where there is a choice. */
function SenderField({ template, service }: { template: SendableTemplate; service: Service }) {
  const senders = sendersFor(service, template);
  if (senders.length < 2) return null;
  const usual = senders.find(({ isDefault }) => isDefault);
  return (
    <Select
      label={template.type === "email" ? "Replies go to" : "Texts come from"}
      name="sender"
      value={usual?.id}
      choices={senders.map(({ id, value }) => ({ value: id, label: value }))}
    />
  );
}

const exampleColumns: readonly Column<ExampleColumn>[] = [
  { title: "Column", cell: ({ name }) => name },
  { title: "For example", cell: ({ example }) => example },
];

export function crumbs(c: Context<ConsoleEnv>, title: string) {
  return [
    { title: "Batches", path: batchesPath(c) },
    { title, path: null },
  ];
}
