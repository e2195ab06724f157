/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import { findSender } from "../../../shared/service/senders.ts";
import { findVersionObject, type TemplateObject } from "../../../shared/template/admin.ts";
import { listVersionSummaries, type VersionSummary } from "../../../shared/template/find-templates.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { Field } from "../form.tsx";
import { withQuery } from "../listing.ts";
import { type Column, Paging, Table, Time } from "../parts.tsx";
import { getTemplate, panelOf, type TemplateDeps } from "./context.ts";
import { diffTexts } from "./diff.ts";
import { rootOf } from "./paths.ts";
import { Preview } from "./preview.tsx";
import { typeNames } from "./types.ts";

const size = 50;
const largestVersion = 2 ** 31 - 1;

/** What a template said before. */
export function versionPages(deps: TemplateDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/templates/:template/versions";

  pages.get(at, async (c) => {
    const template = await getTemplate(c, deps);
    const before = versionIn(c.req.query("before"));
    const found = await deps.ask((sql) =>
      listVersionSummaries(sql, { id: template.id, before, limit: size + 1 }),
    );
    const shown = found.slice(0, size);
    const last = shown.at(-1);
    const older = found.length > size && last ? withQuery(c, { before: String(last.version) }) : null;
    const path = `${rootOf(c)}/${template.id}/versions`;
    const body = (
      <>
        <h1>Versions of {template.name}</h1>
        <Table caption="The newest first" columns={columnsAt(path)} rows={shown} empty="There is none." />
        <Paging newer={null} older={older} />
        {template.version > 1 ? (
          <>
            <h2>Compare any two</h2>
            <form method="get" action={`${path}/compare`} class="filter">
              <Field label="From version" name="from" type="number" value="1" />
              <Field label="To version" name="to" type="number" value={String(template.version)} />
              <button type="submit" class="quiet">
                Compare
              </button>
            </form>
          </>
        ) : null}
      </>
    );
    return await answerConsole(c, { title: "Versions", body, crumbs: crumbsOf(c, template, "Versions") });
  });

  pages.get(`${at}/compare`, (c) => {
    const [from, to] = [versionIn(c.req.query("from")), versionIn(c.req.query("to"))];
    if (from === null || to === null) throw notThere();
    return c.redirect(`${c.req.path.replace(/\/compare$/, "")}/${from}/compare/${to}`, 303);
  });

  pages.get(`${at}/:version`, async (c) => {
    const template = await getTemplate(c, deps);
    const version = await getVersion(c, deps, template, "version");
    const frame = `${rootOf(c)}/${template.id}/email.html?version=${version.version}`;
    const panel = await panelOf(c, deps, { draft: version, values: new Map(), frame });
    const title = `Version ${version.version} of ${template.name}`;
    const body = (
      <>
        <h1>{title}</h1>
        <p>
          <span class="tag">{typeNames[version.type].tag}</span> Written by{" "}
          {version.createdBy?.name ?? "nobody known"}, <Time at={version.updatedAt ?? version.createdAt} />.
        </p>
        <Preview {...panel} />
        <h2>As it was typed</h2>
        {version.subject === null ? null : <p>{version.subject}</p>}
        <pre>{version.content}</pre>
      </>
    );
    return await answerConsole(c, {
      title,
      body,
      crumbs: crumbsOf(c, template, `Version ${version.version}`),
    });
  });

  pages.get(`${at}/:from/compare/:to`, async (c) => {
    const template = await getTemplate(c, deps);
    const [from, to] = await Promise.all([
      getVersion(c, deps, template, "from"),
      getVersion(c, deps, template, "to"),
    ]);
    const [blockBefore, blockAfter] = await Promise.all([from, to].map((one) => contactBlockOf(one, deps)));
    const title = `Versions ${from.version} and ${to.version} of ${template.name}`;
    const texts: readonly (readonly [string, string, string])[] = [
      ["Name", from.name, to.name],
      [to.type === "letter" ? "Heading" : "Subject", from.subject ?? "", to.subject ?? ""],
      ["Message", from.content, to.content],
      ["Heading in Welsh", from.letterWelshSubject ?? "", to.letterWelshSubject ?? ""],
      ["Body in Welsh", from.letterWelshContent ?? "", to.letterWelshContent ?? ""],
      ["Contact block", blockBefore ?? "", blockAfter ?? ""],
      ["Postage", from.postage ?? "", to.postage ?? ""],
      ["Link to unsubscribe", yesOrNo(from.hasUnsubscribeLink), yesOrNo(to.hasUnsubscribeLink)],
      ["State", from.archived ? "deleted" : "in use", to.archived ? "deleted" : "in use"],
    ];
    const changed = texts.filter(([, before, after]) => before !== after);
    const body = (
      <>
        <h1>{title}</h1>
        <p>
          From <Time at={from.updatedAt ?? from.createdAt} /> to <Time at={to.updatedAt ?? to.createdAt} />,
          by {to.createdBy?.name ?? "nobody known"}. What was taken out is{" "}
          <del class="removed">struck through</del>, what was put in is <ins class="added">underlined</ins>.
        </p>
        {changed.length === 0 ? <p class="empty">They say the same.</p> : null}
        {changed.map(([name, before, after]) => (
          <>
            <h2>{name}</h2>
            <Changed before={before} after={after} />
          </>
        ))}
      </>
    );
    return await answerConsole(c, { title, body, crumbs: crumbsOf(c, template, "Compare") });
  });
  return pages;
}

function Changed({ before, after }: { before: string; after: string }) {
  return (
    <pre class="changes">
      {diffTexts(before, after).map(({ kind, text }) => {
        if (kind === "same") return text;
        return kind === "removed" ? <del class="removed">{text}</del> : <ins class="added">{text}</ins>;
      })}
    </pre>
  );
}

function columnsAt(path: string): readonly Column<VersionSummary>[] {
  return [
    { title: "Version", cell: ({ version }) => <a href={`${path}/${version}`}>{`Version ${version}`}</a> },
    { title: "Name", cell: ({ name }) => name },
    { title: "Written by", cell: ({ writtenBy }) => writtenBy ?? "–" },
    { title: "When", cell: ({ at }) => <Time at={at} /> },
    {
      title: "What changed",
      cell: ({ version, archived }) =>
        version === 1 ? (
          "The first one"
        ) : (
          <a href={`${path}/${version - 1}/compare/${version}`}>
            {archived ? "Deleted: " : ""}
            {`compare with version ${version - 1}`}
          </a>
        ),
    },
  ];
}

function crumbsOf(c: Context<ConsoleEnv>, { id, name }: TemplateObject, last: string) {
  const root = rootOf(c);
  return [
    { title: "Templates", path: root },
    { title: name, path: `${root}/${id}` },
    ...(last === "Versions" ? [] : [{ title: "Versions", path: `${root}/${id}/versions` }]),
    { title: last, path: null },
  ];
}

function versionIn(text: string | undefined): number | null {
  const version = /^[1-9]\d{0,9}$/.test(text ?? "") ? Number(text) : 0;
  return version >= 1 && version <= largestVersion ? version : null;
}

async function getVersion(
  c: Context<ConsoleEnv>,
  { ask }: Pick<TemplateDeps, "ask">,
  { id }: TemplateObject,
  name: string,
): Promise<TemplateObject> {
  const number = versionIn(c.req.param(name));
  const version =
    number === null ? null : await ask((sql) => findVersionObject(sql, c.var.service.id, id, number));
  if (!version) throw notThere();
  return version;
}

/** As it is now: blocks keep no versions. Null for one that is gone. */
async function contactBlockOf(
  { contactId, serviceId }: TemplateObject,
  { ask }: Pick<TemplateDeps, "ask">,
): Promise<string | null> {
  if (contactId === null) return null;
  return (
    (await ask((sql) => findSender(sql, "letter", { serviceId, id: contactId })))?.value ?? "One that is gone"
  );
}

function yesOrNo(value: boolean): string {
  return value ? "yes" : "no";
}
