/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { listNetworkFigures, type NetworkFigures } from "../../../shared/broadcast/figures.ts";
import { type AlertLine, listOpenMessages, type OpenMessage } from "../../../shared/overview/broadcasts.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { type Column, Count, Paging, Table, Time } from "../parts.tsx";
import type { BroadcastPageDeps } from "./deps.ts";
import { alertLink, captionOf, columns, readLines, StatusFilter } from "./list.tsx";
import { eventNames, ReachState, replayPath } from "./networks.tsx";
import { networkNames } from "./words.tsx";

const mostOpen = 100;
const dayMs = 24 * 3_600_000;

/** GET /console/broadcasts: everybody's alerts, what networks have not taken, and how networks do. */
export function platformAlerts({ ask, now }: BroadcastPageDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const since = new Date(now().getTime() - dayMs);
    const [{ status, shown, next }, [open, figures]] = await Promise.all([
      readLines(c, { ask }, null),
      ask((sql) => Promise.all([listOpenMessages(sql, { since, limit: mostOpen }), listNetworkFigures(sql)])),
    ]);
    const body = (
      <>
        <h1>Emergency alerts</h1>
        <p class="actions">
          <a href="/console/broadcasts/links">Link tests: the ways to each network</a>
        </p>
        <h2>Networks</h2>
        <div data-live="open">
          <Table
            caption="Not acknowledged, of alerts of the last day"
            columns={openColumns}
            rows={open}
            empty="Nothing: every network has acknowledged what it was told."
          />
        </div>
        <div data-live="networks">
          <Table
            caption="All that networks were told"
            columns={figureColumns}
            rows={figures}
            empty="No network was told of anything yet."
          />
        </div>
        <h2>Alerts</h2>
        <StatusFilter c={c} status={status} />
        <div data-live="alerts">
          <Table
            caption={captionOf(status)}
            columns={platformColumns}
            rows={shown}
            empty="No alerts. Services that may send them write them on their own pages."
          />
        </div>
        <Paging newer={null} older={next} />
      </>
    );
    return await answerConsole(c, { title: "Emergency alerts", body, liveSeconds: 5 });
  };
}

const platformColumns: readonly Column<AlertLine>[] = [
  {
    title: "Service",
    cell: ({ serviceId, serviceName }) => (
      <a href={`/console/services/${serviceId}/broadcasts`}>{serviceName}</a>
    ),
  },
  ...columns,
];

const openColumns: readonly Column<OpenMessage>[] = [
  {
    title: "Alert",
    cell: ({ broadcastId, serviceId, serviceName }) => (
      <a href={alertLink({ serviceId, id: broadcastId })}>{`Alert of ${serviceName}`}</a>
    ),
  },
  { title: "Event", cell: ({ type }) => eventNames[type] },
  { title: "Network", cell: ({ provider }) => networkNames[provider] },
  { title: "State", cell: (message) => <ReachState {...message} /> },
  { title: "Since", cell: ({ createdAt }) => <Time at={createdAt} /> },
  { title: "Attempts", isNumber: true, cell: ({ attempts }) => <Count of={attempts} /> },
  { title: "Next", cell: ({ nextRetryAt }) => <Time at={nextRetryAt} /> },
  { title: "What was said", cell: ({ lastError }) => lastError ?? "–" },
  {
    title: "Again",
    cell: ({ eventId, type, provider }) => (
      <a href={replayPath(eventId, provider)}>
        {`Send the ${eventNames[type].toLowerCase()} to ${networkNames[provider]} again`}
      </a>
    ),
  },
];

const figureColumns: readonly Column<NetworkFigures>[] = [
  { title: "Network", cell: ({ provider }) => networkNames[provider] },
  {
    title: "Acknowledged",
    isNumber: true,
    cell: ({ messages }) => <Count of={messages["returned-ack"] ?? 0} />,
  },
  { title: "Under way", isNumber: true, cell: ({ messages }) => <Count of={messages.sending ?? 0} /> },
  {
    title: "Given up",
    isNumber: true,
    cell: ({ messages }) => (
      <Count of={(messages["technical-failure"] ?? 0) + (messages["returned-error"] ?? 0)} />
    ),
  },
  { title: "Last answered well", cell: ({ lastSuccessSecondsAgo }) => agoOf(lastSuccessSecondsAgo) },
];

function agoOf(seconds: number | null): string {
  if (seconds === null) return "never";
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} minutes ago`;
  return `${Math.round(minutes / 60).toLocaleString("en-GB")} hours ago`;
}
