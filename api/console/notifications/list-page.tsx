/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { FoundNotification } from "../../../shared/notification/find-notifications.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { type Choice, FaultSummary, Field, Select } from "../form.tsx";
import { withQuery } from "../listing.ts";
import { type Column, Paging, Status, Table, Time } from "../parts.tsx";
import { type Asked, channelChoices, keyChoices, statusChoices } from "./search.ts";
import { channelWords, pathOf } from "./words.ts";

export interface Listed {
  asked: Asked;
  /** The service's, to choose from; null where there are too many, or they are everybody's. */
  templates: readonly Choice[] | null;
  found: readonly FoundNotification[];
  newer: string | null;
  older: string | null;
  /** What was found another way than it was asked for, or cannot be shown here. */
  remark: Child;
  isLive: boolean;
}

/** A service's messages, or everybody's, newest first. */
export async function listPage(c: Context<ConsoleEnv>, listed: Listed): Promise<Response> {
  const { asked, templates, found, newer, older, remark, isLive } = listed;
  const ofAll = c.var.service === undefined;
  const { template = "" } = asked.typed;
  // Links may name one that was deleted.
  const isListed = template === "" || templates?.some(({ value }) => value === template);
  const choices = templates && templates.length > 0 && isListed ? templates : null;
  const isFaulty = Object.keys(asked.faults).length > 0;
  const body = (
    <>
      <h1>Notifications</h1>
      <FaultSummary faults={asked.faults} />
      <SearchForm c={c} asked={asked} templates={choices} />
      <Chosen c={c} asked={asked} isTemplateNamed={choices !== null} />
      {remark}
      <div data-live="found">
        <Table
          caption={newer === null ? "Newest first" : "Older ones, newest first"}
          columns={ofAll ? [...columns(c), serviceColumn] : columns(c)}
          rows={found}
          empty={emptyFor(asked, ofAll)}
        />
      </div>
      <Paging newer={newer} older={older} />
      {ofAll || found.length === 0 ? null : (
        <p>
          <a href={csvPath(c)} download>
            Download these as a CSV file
          </a>{" "}
          <span class="quiet-text">(the newest 100,000 at most; who downloads them is noted)</span>
        </p>
      )}
    </>
  );
  const title = isFaulty ? "Problem: Notifications" : "Notifications";
  const status = isFaulty ? 400 : 200;
  return await answerConsole(c, { title, body, status, liveSeconds: isLive ? 5 : null });
}

function SearchForm({
  c,
  asked: { typed, faults },
  templates,
}: {
  c: Context<ConsoleEnv>;
  asked: Asked;
  templates: readonly Choice[] | null;
}) {
  const unseen = templates === null ? (["template", "batch"] as const) : (["batch"] as const);
  const hidden = unseen.filter((name) => typed[name] !== "");
  return (
    <search>
      <form method="get" action={c.req.path} class="filter">
        <Field
          label="Recipient, reference, id or status"
          name="q"
          type="search"
          value={typed.q}
          faults={faults}
        />
        <Select label="Channel" name="channel" value={typed.channel} choices={channelChoices} />
        <Select label="Status" name="status" value={typed.status} choices={statusChoices} />
        {templates === null ? null : (
          <Select
            label="Template"
            name="template"
            value={typed.template}
            choices={[{ value: "", label: "Any" }, ...templates]}
          />
        )}
        <Select label="Key" name="key" value={typed.key} choices={keyChoices} />
        <Field label="From (London)" name="from" type="datetime-local" value={typed.from} faults={faults} />
        <Field label="Before (London)" name="to" type="datetime-local" value={typed.to} faults={faults} />
        {hidden.map((name) => (
          <input type="hidden" name={name} value={typed[name]} />
        ))}
        <button type="submit" class="quiet">
          Search
        </button>
      </form>
    </search>
  );
}

/** What links chose, which the form has no field for, and how to be rid of all. */
function Chosen({
  c,
  asked: { typed, isNarrow },
  isTemplateNamed,
}: {
  c: Context<ConsoleEnv>;
  asked: Asked;
  isTemplateNamed: boolean;
}) {
  if (!isNarrow) return null;
  return (
    <p class="actions">
      {typed.template === "" || isTemplateNamed ? null : (
        <span>
          Only of template <code>{typed.template}</code>{" "}
          <a href={withQuery(c, { template: null, older: null })}>Any template</a>
        </span>
      )}
      {typed.batch === "" ? null : (
        <span>
          Only of batch <code>{typed.batch}</code>{" "}
          <a href={withQuery(c, { batch: null, older: null })}>With or without a batch</a>
        </span>
      )}
      <a href={c.req.path}>Clear the search</a>
    </p>
  );
}

function columns(c: Context<ConsoleEnv>): readonly Column<FoundNotification>[] {
  return [
    {
      title: "To",
      cell: (found) => (
        <a href={pathOf(found)}>
          {found.to === null ? `no longer kept (${channelWords[found.channel]})` : onOneLine(found.to)}
        </a>
      ),
    },
    { title: "Status", cell: ({ status }) => <Status status={status} /> },
    { title: "Made", cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      title: "What",
      cell: ({ channel, keyType }) => (
        <>
          {channelWords[channel]} {keyType === "test" ? <span class="tag warn">test key</span> : null}
        </>
      ),
    },
    {
      title: "Template",
      cell: ({ templateId, templateName }) => (
        <a href={withQuery(c, { template: templateId, older: null })} title="Only messages of this template">
          {templateName}
        </a>
      ),
    },
    { title: "Reference", cell: ({ clientReference }) => clientReference ?? <span class="none">–</span> },
    {
      title: "Batch",
      cell: ({ batch }) =>
        batch === null ? (
          <span class="none">–</span>
        ) : (
          <a href={withQuery(c, { batch: batch.id, older: null })} title="Only messages of this batch">
            {batch.fileName}
          </a>
        ),
    },
  ];
}

const serviceColumn: Column<FoundNotification> = {
  title: "Service",
  cell: ({ serviceId, serviceName }) => <a href={`/console/services/${serviceId}`}>{serviceName}</a>,
};

/** A letter's address has several. */
export function onOneLine(text: string): string {
  return text.split("\n").join(", ");
}

function csvPath(c: Context<ConsoleEnv>): string {
  const { search } = new URL(withQuery(c, { older: null }), c.req.url);
  return `${c.req.path}/download.csv${search}`;
}

function emptyFor({ isNarrow, faults }: Asked, ofAll: boolean): string {
  if (Object.keys(faults).length > 0) return "Nothing was looked for.";
  if (isNarrow)
    return "Nothing was found. Look for a part of a number, an address or a reference, or for a whole id.";
  return ofAll
    ? "Nobody has sent anything yet."
    : "No messages yet. Make an API key and a template, and send one; it stands here at once.";
}
