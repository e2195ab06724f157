/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { type BroadcastStatus, broadcastStatuses } from "../../../shared/broadcast/broadcast.ts";
import { mayCreate } from "../../../shared/broadcast/standing.ts";
import { type AlertLine, listAlertLines } from "../../../shared/overview/broadcasts.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { pageOf, positionOf, withQuery } from "../listing.ts";
import { type Column, Paging, Table, Time } from "../parts.tsx";
import { alertsPath, type BroadcastPageDeps } from "./deps.ts";
import { standingOf } from "./rights.ts";
import { AlertState, statusNames } from "./words.tsx";

const pageSize = 30;

/** GET …/broadcasts: a service's alerts, the newest first. */
export function listOfAlerts({ ask }: Pick<BroadcastPageDeps, "ask">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const { status, shown, next } = await readLines(c, { ask }, c.var.service.id);
    const empty =
      status === null
        ? "No alerts yet. Whoever may write one finds a button above this line."
        : `No alert is ${statusNames[status]}.`;
    const body = (
      <>
        <h1>Emergency alerts</h1>
        {mayCreate(standingOf(c)) ? (
          <p class="actions">
            <a class="button" href={alertsPath(c, "/new")}>
              Write an alert
            </a>
          </p>
        ) : null}
        <StatusFilter c={c} status={status} />
        <div data-live="alerts">
          <Table caption={captionOf(status)} columns={columns} rows={shown} empty={empty} />
        </div>
        <Paging newer={null} older={next} />
      </>
    );
    const isMoving = shown.some(({ told, acknowledged }) => acknowledged < told);
    return await answerConsole(c, { title: "Emergency alerts", body, liveSeconds: isMoving ? 5 : 30 });
  };
}

/** A page of alerts as the query asks for it: `status` and `after`. */
export async function readLines(
  c: Context<ConsoleEnv>,
  { ask }: Pick<BroadcastPageDeps, "ask">,
  serviceId: string | null,
) {
  const status = broadcastStatuses.find((one) => one === c.req.query("status")) ?? null;
  const position = positionOf(c);
  const createdAt = new Date(position?.name ?? "");
  const after = position && !Number.isNaN(createdAt.getTime()) ? { createdAt, id: position.id } : null;
  const lines = await ask((sql) => listAlertLines(sql, { serviceId, status, after, limit: pageSize + 1 }));
  const named = lines.map((line) => ({ ...line, name: line.createdAt.toISOString() }));
  return { status, ...pageOf(c, named, pageSize) };
}

/** Links to the alerts of each status. */
export function StatusFilter({ c, status }: { c: Context<ConsoleEnv>; status: BroadcastStatus | null }) {
  const choices = [null, ...broadcastStatuses];
  return (
    <nav class="ranges" aria-label="By state">
      <ul>
        {choices.map((one) => (
          <li>
            <a
              href={withQuery(c, { status: one, after: null })}
              aria-current={one === status ? "true" : undefined}
            >
              {one === null ? "all" : statusNames[one]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export function captionOf(status: BroadcastStatus | null): string {
  return status === null
    ? "All alerts, the newest first"
    : `Alerts, ${statusNames[status]}, the newest first`;
}

export function alertLink({ serviceId, id }: Pick<AlertLine, "serviceId" | "id">): string {
  return `/console/services/${serviceId}/broadcasts/${id}`;
}

const mostShown = 70;

function shortened(text: string): string {
  return text.length > mostShown ? `${text.slice(0, mostShown).trimEnd()}…` : text;
}

export const columns: readonly Column<AlertLine>[] = [
  {
    title: "Alert",
    cell: (line) => (
      <div class="reach">
        <a href={alertLink(line)}>{line.reference ?? "Without a reference"}</a>
        <span class="hint">{shortened(line.beginning)}</span>
      </div>
    ),
  },
  { title: "State", cell: AlertState },
  {
    title: "Area",
    cell: ({ areaNames }) => (areaNames.length === 0 ? "–" : areaNames.slice(0, 3).join(", ")),
  },
  {
    title: "Networks",
    cell: ({ told, acknowledged }) => (told === 0 ? "–" : `${acknowledged} of ${told} acknowledged`),
  },
  { title: "Written", cell: ({ createdAt }) => <Time at={createdAt} /> },
  { title: "Ends", cell: ({ finishesAt }) => <Time at={finishesAt} /> },
];
