/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { listSummaries, type ServiceSummary } from "../../../shared/service/summaries.ts";
import type { ApiDeps } from "../../deps.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { Field } from "../form.tsx";
import { pageOf, positionOf, searchOf } from "../listing.ts";
import { type Column, Paging, Status, Table, Time } from "../parts.tsx";

const size = 100;

/** GET /services: everybody's for operators, for others those they are one of. */
export function listServices({ ask }: Pick<ApiDeps, "ask">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const { user } = c.var;
    const search = searchOf(c);
    const found = await ask((sql) =>
      listSummaries(sql, {
        search,
        userId: user.isOperator ? null : user.id,
        after: positionOf(c),
        limit: size + 1,
      }),
    );
    const { shown, next } = pageOf(c, found, size);
    const body = (
      <>
        <h1>Services</h1>
        <search>
          <form method="get" action="/console/services" class="filter">
            <Field label="Name or id" name="q" type="search" value={search} />
            <button type="submit" class="quiet">
              Search
            </button>
          </form>
        </search>
        {user.isOperator ? (
          <p class="actions">
            <a class="button" href="/console/services/new">
              Make a service
            </a>
          </p>
        ) : null}
        <Table
          caption="Services by name"
          columns={columns}
          rows={shown}
          empty={search === "" ? emptyFor(user.isOperator) : "No service has that in its name."}
        />
        <Paging newer={null} older={next} />
      </>
    );
    return await answerConsole(c, { title: "Services", body });
  };
}

const columns: readonly Column<ServiceSummary>[] = [
  { title: "Name", cell: ({ id, name }) => <a href={`/console/services/${id}`}>{name}</a> },
  { title: "State", cell: (service) => <Status status={stateOf(service)} /> },
  { title: "Made", cell: ({ createdAt }) => <Time at={createdAt} /> },
];

function stateOf({ active, restricted }: ServiceSummary): string {
  if (!active) return "suspended";
  return restricted ? "trial" : "live";
}

function emptyFor(isOperator: boolean): string {
  return isOperator
    ? "No services yet. Make one, and it can send at once."
    : "You are no member of any service yet. A manager of one, or an operator, can add you.";
}
