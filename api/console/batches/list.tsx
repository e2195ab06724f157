/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { Batch } from "../../../shared/batch/batch.ts";
import { listBatches } from "../../../shared/batch/queries.ts";
import { countStatuses } from "../../../shared/batch/statistics.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { withQuery } from "../listing.ts";
import { type Column, Count, Paging, Table, Time } from "../parts.tsx";
import { type Outcome, outcomeOf } from "./counts.ts";
import { type BatchPageDeps, batchesPath } from "./deps.ts";
import { BatchState, isUnderWay } from "./state.tsx";

const pageSize = 20;
const mostPages = 10_000;

/** Of a page's batches together, so many messages are counted: the page is to be there at once. */
const mostCounted = 100_000;

interface Row {
  batch: Batch;
  /** Null where they are too many to be counted here. */
  outcome: Outcome | null;
}

/** GET …/batches: what has not begun first, then the latest to begin. */
export function listOfBatches({ ask, now }: Pick<BatchPageDeps, "ask" | "now">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const page = pageOf(c);
    const serviceId = c.var.service.id;
    const { batches, total } = await ask((sql) =>
      listBatches(sql, { serviceId, statuses: null, contactListId: null, since: null, page, pageSize }),
    );
    const counted = countable(batches);
    const counts = await ask((sql) => countStatuses(sql, serviceId, counted, now()));
    const rows = batches.map((batch) => ({
      batch,
      outcome: counted.includes(batch) ? outcomeOf(counts.get(batch.id) ?? []) : null,
    }));
    const body = (
      <>
        <h1>Batches</h1>
        {c.var.role === "viewer" ? null : (
          <p class="actions">
            <a class="button" href={batchesPath(c, "/new")}>
              Send to a list of people
            </a>
          </p>
        )}
        <div data-live="batches">
          <Table
            caption="Files that were uploaded"
            columns={columnsFor(c)}
            rows={rows}
            empty="No batches yet. Upload a spreadsheet of people to send each of them a message."
          />
        </div>
        <Paging
          newer={page > 1 ? withQuery(c, { page: page === 2 ? null : String(page - 1) }) : null}
          older={page * pageSize < total ? withQuery(c, { page: String(page + 1) }) : null}
        />
      </>
    );
    const isMoving = batches.some(({ status }) => isUnderWay(status));
    return await answerConsole(c, { title: "Batches", body, liveSeconds: isMoving ? 5 : null });
  };
}

function pageOf(c: Context): number {
  const page = Number(c.req.query("page") ?? "1");
  return Number.isInteger(page) && page >= 1 && page <= mostPages ? page : 1;
}

/** The first of them, as far as it does not take long. */
function countable(batches: readonly Batch[]): Batch[] {
  let messages = 0;
  return batches.filter(({ notificationCount }) => {
    messages += notificationCount;
    return messages <= mostCounted;
  });
}

function columnsFor(c: Context<ConsoleEnv>): readonly Column<Row>[] {
  return [
    {
      title: "File",
      cell: ({ batch }) => <a href={batchesPath(c, `/${batch.id}`)}>{batch.originalFileName}</a>,
    },
    {
      title: "Template",
      cell: ({ batch }) => (
        <a href={`/console/services/${batch.serviceId}/templates/${batch.templateId}`}>
          {batch.templateName}
        </a>
      ),
    },
    { title: "State", cell: ({ batch }) => <BatchState status={batch.status} /> },
    { title: "Rows", isNumber: true, cell: ({ batch }) => <Count of={batch.notificationCount} /> },
    { title: "Sending", isNumber: true, cell: (row) => <Part row={row} part="sending" /> },
    { title: "Delivered", isNumber: true, cell: (row) => <Part row={row} part="delivered" /> },
    { title: "Failed", isNumber: true, cell: (row) => <Part row={row} part="failed" /> },
    {
      title: "When",
      cell: ({ batch }) =>
        batch.status === "scheduled" ? (
          <>
            for <Time at={batch.scheduledFor} />
          </>
        ) : (
          <Time at={batch.processingStartedAt ?? batch.createdAt} />
        ),
    },
  ];
}

function Part({ row: { outcome }, part }: { row: Row; part: keyof Outcome }) {
  return outcome ? <Count of={outcome[part]} /> : <span class="none">see its page</span>;
}
