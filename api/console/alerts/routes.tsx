/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { resolveAlert } from "../../../shared/alert/alert.ts";
import { findAlert, type ListedAlert, listAllAlerts, listOpenAlerts } from "../../../shared/alert/queries.ts";
import type { ApiDeps } from "../../deps.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { ButtonForm } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { type Column, Count, Facts, Status, Table, Time } from "../parts.tsx";
import { limitForm, readForm } from "../read-form.ts";

/** What a person must look at. */
export function alertPages(deps: Pick<ApiDeps, "ask" | "now" | "newId">): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();

  pages.get("/alerts", async (c) => {
    const showsAll = c.req.query("all") !== undefined;
    const alerts = await deps.ask(showsAll ? listAllAlerts : listOpenAlerts);
    const body = (
      <>
        <h1>Alerts</h1>
        <p>
          {showsAll ? (
            <a href="/console/alerts">Open ones only</a>
          ) : (
            <a href="/console/alerts?all=yes">Those that are over too</a>
          )}
        </p>
        <div data-live="alerts">
          <Table
            caption={showsAll ? "Alerts, newest first" : "Open alerts, newest first"}
            columns={columns}
            rows={alerts}
            empty="None: nothing needs anybody."
          />
        </div>
      </>
    );
    return await answerConsole(c, { title: "Alerts", body, liveSeconds: 10 });
  });

  pages.get("/alerts/:subject", async (c) => alertPage(c, deps));

  pages.post("/alerts/:subject/resolve", limitForm, async (c) => {
    await readForm(c, v.object({}));
    const subject = subjectOf(c);
    return await audited(c, deps, { action: "alert.resolve", subject: `alert ${subject}` }, async () => {
      const closed = await deps.ask((sql) => resolveAlert(sql, subject, deps.now()));
      const said = closed ? "Closed the alert: found again, it is opened anew" : "It was closed already";
      return { value: redirectWith(c, "/console/alerts", said), refused: !closed };
    });
  });
  return pages;
}

/** Postgres holds no text with a NUL in it, and no alert is of one. */
function subjectOf(c: Context<ConsoleEnv>): string {
  const subject = c.req.param("subject") ?? "";
  if (subject.includes("\0")) throw notThere();
  return subject;
}

function pathOf(subject: string): string {
  return `/console/alerts/${encodeURIComponent(subject)}`;
}

const columns: readonly Column<ListedAlert>[] = [
  { title: "Alert", cell: ({ title, subject }) => <a href={pathOf(subject)}>{title}</a> },
  { title: "Severity", cell: ({ severity }) => <Status status={severity} /> },
  { title: "Since", cell: ({ openedAt }) => <Time at={openedAt} /> },
  { title: "Last seen", cell: ({ lastSeenAt }) => <Time at={lastSeenAt} /> },
  { title: "Times", cell: ({ times }) => <Count of={times} />, isNumber: true },
  { title: "Over since", cell: ({ resolvedAt }) => <Time at={resolvedAt} /> },
];

async function alertPage(c: Context<ConsoleEnv>, { ask }: Pick<ApiDeps, "ask">): Promise<Response> {
  const subject = subjectOf(c);
  const alert = await ask((sql) => findAlert(sql, subject));
  if (!alert) throw notThere();
  const body = (
    <>
      <h1>{alert.title}</h1>
      <Facts
        facts={[
          ["Subject", <code>{alert.subject}</code>],
          ["Severity", <Status status={alert.severity} />],
          ["Opened", <Time at={alert.openedAt} />],
          ["Last seen", <Time at={alert.lastSeenAt} />],
          ["Times", <Count of={alert.times} />],
          ["Over since", <Time at={alert.resolvedAt} />],
          ["Told by webhook", <Time at={alert.postedAt} />],
          ["Ticket made", <Time at={alert.ticketedAt} />],
        ]}
      />
      <h2>What was found</h2>
      {Object.keys(alert.facts).length === 0 ? <p class="empty">No more than that.</p> : null}
      <Facts
        facts={Object.entries(alert.facts).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(", ") : String(value ?? "–"),
        ])}
      />
      {alert.resolvedAt === null ? (
        <ButtonForm c={c} action={`${pathOf(subject)}/resolve`} label="Close the alert" />
      ) : null}
    </>
  );
  return await answerConsole(c, {
    title: alert.title,
    body,
    crumbs: [
      { title: "Alerts", path: "/console/alerts" },
      { title: alert.title, path: null },
    ],
  });
}
