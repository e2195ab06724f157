/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { SheetRow } from "../../../shared/batch/row.ts";
import { shownCell } from "../../../shared/batch/shown-cell.ts";
import type { Sender, Service } from "../../../shared/service/service.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { Choices, FaultSummary, type Faults, Field, Form, type Typed } from "../form.tsx";
import { type Column, Table } from "../parts.tsx";
import { Preview } from "../templates/preview.tsx";
import { ColumnsFound, textOfCell } from "./columns-found.tsx";
import { batchesPath } from "./deps.ts";
import { columnsOf } from "./example-file.ts";
import { crumbs } from "./new.tsx";
import type { ReadyUpload } from "./read-upload.ts";

const nouns = {
  sms: ["text", "texts"],
  email: ["email", "emails"],
  letter: ["letter", "letters"],
} as const;

export interface ReadyShown {
  service: Service;
  emailDomain: string;
  /** The earliest and latest times it can be sent at, as a `datetime-local` field has them. */
  times: { least: string; most: string };
  typed?: Typed;
  faults?: Faults;
}

/** A file that can be sent: what it would send, and when. */
export async function readyPage(
  c: Context<ConsoleEnv>,
  ready: ReadyUpload,
  { service, emailDomain, times, typed = {}, faults }: ReadyShown,
): Promise<Response> {
  const { upload, template, columns, rows, values } = ready;
  const { templateType: type } = upload;
  const count = upload.notificationCount;
  const messages = `${count.toLocaleString("en-GB")} ${nouns[type][count === 1 ? 0 : 1]}`;
  const at = batchesPath(c, `/uploads/${upload.id}`);
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{upload.originalFileName}</h1>
      <p>
        <strong>{messages}</strong> from the template{" "}
        <a href={`/console/services/${service.id}/templates/${template.id}`}>{template.name}</a>, version{" "}
        {template.version}. Nothing is sent yet.
      </p>
      <div class="split">
        <section aria-labelledby="first-message">
          <h2 id="first-message">The first row’s message</h2>
          <Preview
            draft={template}
            values={values}
            service={withSender(service, upload.senderId)}
            emailDomain={emailDomain}
            contactBlock={template.contactBlock}
            frame={`${at}/email.html`}
          />
          {type === "letter" ? (
            <p>
              <a href={`${at}/letter.png`}>See its first page as it is printed</a>
            </p>
          ) : null}
        </section>
        {c.var.role === "viewer" ? null : (
          <section aria-labelledby="send">
            <h2 id="send">Send {messages}</h2>
            <Form c={c} action={at}>
              <Choices
                legend="When?"
                name="when"
                type="radio"
                values={[typed.when ?? "now"]}
                choices={[
                  { value: "now", label: "Now" },
                  { value: "later", label: "At a time" },
                ]}
                faults={faults}
              />
              <Field
                label="Date and time"
                name="at"
                type="datetime-local"
                value={typed.at}
                hint={`By London’s clocks, up to 7 days ahead: until ${times.most.replace("T", " ")}. Leave it empty to send them now.`}
                faults={faults}
              />
              <button type="submit">Send {messages}</button>
            </Form>
            <p>
              <a href={batchesPath(c)}>Do not send them</a>
            </p>
          </section>
        )}
      </div>
      <Table
        caption={
          rows.length < count
            ? `The first ${rows.length} of ${count.toLocaleString("en-GB")} rows`
            : "All rows"
        }
        columns={columnsFor(ready)}
        rows={rows}
        empty="The file has no rows."
      />
      <ColumnsFound
        columns={columns}
        needed={columnsOf({ ...template, type }).map(({ name }) => name)}
        type={type}
      />
    </>
  );
  const title = "Check and send";
  return await answerConsole(c, {
    title,
    faults,
    body,
    crumbs: crumbs(c, title),
  });
}

/** The service as if this sender was its own choice. */
function withSender(service: Service, senderId: string | null): Service {
  const chosen = (senders: readonly Sender[]) =>
    senders.some(({ id }) => id === senderId)
      ? senders.map((sender) => ({ ...sender, isDefault: sender.id === senderId }))
      : senders;
  return {
    ...service,
    smsSenders: chosen(service.smsSenders),
    emailReplyTos: chosen(service.emailReplyTos),
  };
}

function columnsFor({ columns }: ReadyUpload): readonly Column<SheetRow>[] {
  const used = columns.slots.filter(({ key }) => columns.wanted.has(key));
  return [
    { title: "Row", cell: ({ number }) => number + 2 },
    ...used.map(({ header, key }) => ({
      title: shownCell(header),
      cell: (row: SheetRow) => textOfCell(row, key) || <span class="none">empty</span>,
    })),
  ];
}
