/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { type Account, listAccounts } from "../../../shared/user/accounts.ts";
import type { ApiDeps } from "../../deps.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { Field } from "../form.tsx";
import { pageOf, positionOf, searchOf } from "../listing.ts";
import { type Column, Count, Paging, Status, Table, Time } from "../parts.tsx";

const size = 100;

/** GET /people: everybody who may sign in, or could. */
export function listPeople({ ask, now }: Pick<ApiDeps, "ask" | "now">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const search = searchOf(c);
    const found = await ask((sql) => listAccounts(sql, { search, after: positionOf(c), limit: size + 1 }));
    const { shown, next } = pageOf(c, found, size);
    const body = (
      <>
        <h1>People</h1>
        <search>
          <form method="get" action="/console/people" class="filter">
            <Field label="Name or email address" name="q" type="search" value={search} />
            <button type="submit" class="quiet">
              Search
            </button>
          </form>
        </search>
        <p class="actions">
          <a class="button" href="/console/people/new">
            Add a person
          </a>
        </p>
        <Table
          caption="People by name"
          columns={columnsAt(now())}
          rows={shown}
          empty="Nobody has that in their name or address."
        />
        <Paging newer={null} older={next} />
      </>
    );
    return await answerConsole(c, { title: "People", body });
  };
}

function columnsAt(at: Date): readonly Column<Account>[] {
  return [
    { title: "Name", cell: ({ id, name }) => <a href={`/console/people/${id}`}>{name}</a> },
    { title: "Email address", cell: ({ emailAddress }) => emailAddress },
    {
      title: "State",
      cell: (account) => standingOf(account, at).map((status) => <Status status={status} />),
    },
    { title: "Services", cell: ({ services }) => <Count of={services} />, isNumber: true },
    { title: "Last signed in", cell: ({ loggedInAt }) => <Time at={loggedInAt} /> },
  ];
}

/** What is to be known of somebody who wants to sign in. */
export function standingOf(account: Account, at: Date): string[] {
  const { state, isOperator, hasPassword, lockedUntil } = account;
  return [
    ...(isOperator ? ["operator"] : []),
    ...(state === "inactive" ? ["suspended"] : []),
    ...(state === "pending" ? ["pending"] : []),
    ...(hasPassword ? [] : ["no password"]),
    ...(lockedUntil !== null && lockedUntil > at ? ["locked out"] : []),
  ];
}
