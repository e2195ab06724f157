/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import {
  type ListedReturned,
  listReturnedDays,
  listReturnedLetters,
  type ReturnedDay,
} from "../../../shared/letter/returned-list.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { type Column, Count, Table, Time } from "../parts.tsx";
import type { LetterPageDeps } from "./deps.ts";

const mostShown = 1000;

const pathOf = (c: Context<ConsoleEnv>) => `/console/services/${c.var.service.id}/letters/returned`;

/** GET …/letters/returned: the days on which the post brought letters back. */
export function returnedDays({ ask }: Pick<LetterPageDeps, "ask">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const days = await ask((sql) => listReturnedDays(sql, c.var.service.id));
    const columns: readonly Column<ReturnedDay>[] = [
      {
        title: "Reported on",
        cell: ({ reportedAt }) => <a href={`${pathOf(c)}/${reportedAt}`}>{reportedAt}</a>,
      },
      { title: "Letters", isNumber: true, cell: ({ letters }) => <Count of={letters} /> },
    ];
    const title = "Returned letters";
    const body = (
      <>
        <h1>{title}</h1>
        <p>Letters that could not be delivered and came back. Their addresses are likely to be wrong.</p>
        <Table
          caption="Days on which letters were reported"
          columns={columns}
          rows={days}
          empty="No letters have come back."
        />
      </>
    );
    return await answerConsole(c, { title, body, crumbs: crumbs(c, null) });
  };
}

/** GET …/letters/returned/{date}: those of one day. */
export function returnedOn({ ask }: Pick<LetterPageDeps, "ask">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const date = dateOf(c.req.param("date") ?? "");
    const { letters, orphaned } = await ask((sql) => listReturnedLetters(sql, c.var.service.id, date));
    if (letters.length + orphaned === 0) throw notThere();
    const title = `Letters reported on ${date}`;
    const body = (
      <>
        <h1>{title}</h1>
        {orphaned > 0 ? (
          <p>{`${orphaned} of them are too old: nothing else is known of them any more.`}</p>
        ) : null}
        <Table
          caption={
            letters.length > mostShown ? `The newest ${mostShown} of ${letters.length} letters` : "Letters"
          }
          columns={columnsFor(c)}
          rows={letters.slice(0, mostShown)}
          empty="Nothing else is known of them any more."
        />
      </>
    );
    return await answerConsole(c, { title, body, crumbs: crumbs(c, date) });
  };
}

function columnsFor(c: Context<ConsoleEnv>): readonly Column<ListedReturned>[] {
  const root = `/console/services/${c.var.service.id}`;
  return [
    {
      title: "Letter",
      cell: ({ notificationId, reference }) => (
        <a href={`${root}/notifications/${notificationId}`}>{reference ?? notificationId}</a>
      ),
    },
    { title: "Template", cell: ({ template }) => template?.name ?? "Your own PDF" },
    { title: "Row of its file", cell: ({ row }) => (row === null ? <span class="none">–</span> : row + 2) },
    { title: "Made", cell: ({ createdAt }) => <Time at={createdAt} /> },
  ];
}

function dateOf(text: string): string {
  const at = new Date(`${text}T00:00:00Z`);
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at.getTime());
  if (!isDate || at.toISOString().slice(0, 10) !== text) throw notThere();
  return text;
}

function crumbs(c: Context<ConsoleEnv>, date: string | null) {
  const letters = { title: "Letters", path: `/console/services/${c.var.service.id}/letters` };
  if (date === null) return [letters, { title: "Returned", path: null }];
  return [letters, { title: "Returned", path: pathOf(c) }, { title: date, path: null }];
}
