/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { type Entry, listEntries } from "../../../shared/audit/audit.ts";
import type { ApiDeps } from "../../deps.ts";
import { parseUuid } from "../../uuid.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { Field } from "../form.tsx";
import { withQuery } from "../listing.ts";
import { type Column, Paging, Status, Table, Time } from "../parts.tsx";
import { Differences } from "./differences.tsx";

const size = 50;

/** GET /audit and /services/{id}/audit: what was done, by whom, newest first. */
export function auditPages({ ask }: Pick<ApiDeps, "ask">): Hono<ConsoleEnv> {
  const show = async (c: Context<ConsoleEnv>) => {
    const { service } = c.var;
    const action = (c.req.query("action") ?? "").replaceAll("\0", "").trim().slice(0, 100);
    const userId = parseUuid(c.req.query("user") ?? "");
    const olderThan = positionOf(c);
    const found = await ask((sql) =>
      listEntries(sql, {
        serviceId: service?.id ?? null,
        userId,
        action: action === "" ? null : action,
        olderThan,
        limit: size + 1,
      }),
    );
    const shown = found.slice(0, size);
    const last = shown.at(-1);
    const older =
      found.length > size && last
        ? withQuery(c, { before: JSON.stringify([last.at.toISOString(), last.id]) })
        : null;
    const body = (
      <>
        <h1>Audit</h1>
        <p class="hint">
          Every change made in the console, and who opened what messages say. Kept for two years.
        </p>
        <search>
          <form method="get" action={c.req.path} class="filter">
            <Field label="Action begins with" name="action" type="search" value={action} />
            {userId === null ? null : <input type="hidden" name="user" value={userId} />}
            <button type="submit" class="quiet">
              Filter
            </button>
          </form>
        </search>
        {userId === null ? null : (
          <p>
            Done by one person alone.{" "}
            <a href={withQuery(c, { user: null, before: null })}>Show everybody's</a>
          </p>
        )}
        <Table
          caption="What was done, newest first"
          columns={columnsFor(c)}
          rows={shown}
          empty="Nothing of the kind."
        />
        <Paging newer={olderThan === null ? null : withQuery(c, { before: null })} older={older} />
      </>
    );
    return await answerConsole(c, { title: "Audit", body });
  };
  return new Hono<ConsoleEnv>().get("/audit", show).get("/services/:service/audit", show);
}

const Position = v.tuple([v.pipe(v.string(), v.isoTimestamp()), v.pipe(v.string(), v.uuid())]);

function positionOf(c: Context): { at: Date; id: string } | null {
  try {
    const [at, id] = v.parse(Position, JSON.parse(c.req.query("before") ?? "null"));
    return { at: new Date(at), id };
  } catch {
    return null;
  }
}

function columnsFor(c: Context<ConsoleEnv>): readonly Column<Entry>[] {
  const ofAll = c.var.service === undefined;
  return [
    { title: "When", cell: ({ at }) => <Time at={at} /> },
    {
      title: "Who",
      cell: ({ userId, userName }) =>
        userId === null ? (
          userName || "–"
        ) : (
          <a href={withQuery(c, { user: userId, before: null })}>{userName || "–"}</a>
        ),
    },
    {
      title: "What",
      cell: ({ action, outcome }) => (
        <>
          <code>{action}</code> {outcome === "done" ? null : <Status status={outcome} />}
        </>
      ),
    },
    {
      title: "To what",
      cell: ({ subject, serviceId }) => (
        <>
          {subject}
          {ofAll && serviceId !== null ? (
            <>
              {" "}
              <a href={`/console/services/${serviceId}/audit`}>its service</a>
            </>
          ) : null}
        </>
      ),
    },
    { title: "Before and after", cell: (entry) => <Differences entry={entry} /> },
  ];
}
