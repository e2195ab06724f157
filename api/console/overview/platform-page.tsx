/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { Overview, PlatformState } from "../../../shared/overview/overview.ts";
import type { PrintOutlook } from "../../../shared/overview/print-run.ts";
import type { ProviderState } from "../../../shared/overview/providers.ts";
import type { QueueState } from "../../../shared/overview/queues.ts";
import type { Range } from "../../../shared/overview/range.ts";
import { londonTime } from "../../../shared/time/london.ts";
import { answerConsole } from "../answer.tsx";
import { chartAssets } from "../chart.tsx";
import type { ConsoleEnv } from "../env.ts";
import { type Column, Count, Status, Table, Time } from "../parts.tsx";
import { Charts, Ranges } from "./charts.tsx";
import { type Drawn, draw } from "./drawn.ts";
import { FailingCallbacks } from "./failing-callbacks.tsx";
import { ago, count, type TileProps, Tiles } from "./tile.tsx";
import { trafficTiles } from "./traffic-tiles.ts";

/** Longer, and what waits is late: a text's first attempt starts at once. */
const lateSeconds = 60;

/** Everything at a glance, for operators: `drawn` by `drawPlatform`. */
export async function platformPage(c: Context<ConsoleEnv>, range: Range, drawn: Drawn): Promise<Response> {
  const body = (
    <>
      <h1>Overview</h1>
      <Ranges path="/console" range={range} />
      {drawn}
    </>
  );
  return await answerConsole(c, { title: "Overview", body, ...chartAssets, liveSeconds: 10 });
}

export async function drawPlatform(overview: Overview): Promise<Drawn> {
  const { platform: all } = overview;
  // What is counted as dead does not wait as well.
  const platform = all && { ...all, queues: all.queues.filter(({ queue }) => queue !== "dead-letters") };
  return await draw(
    <>
      <div data-live="tiles">
        <Tiles tiles={tilesOf({ ...overview, platform })} />
      </div>
      <div data-live="charts">
        <Charts overview={overview} search="/console/notifications" />
      </div>
      <div data-live="tables">
        <FailingCallbacks callbacks={overview.callbacks} />
        {platform ? <Platform platform={platform} /> : null}
      </div>
    </>,
  );
}

function tilesOf(overview: Overview): TileProps[] {
  const { platform, printRun, callbacks } = overview;
  const traffic = trafficTiles(overview, "/console/notifications");
  const rest = platform ? platformTiles(platform) : [];
  return [...traffic, ...rest, callbacksTile(callbacks.length), printTile(printRun)];
}

function platformTiles({ queues, alerts, schedules }: PlatformState): TileProps[] {
  const due = queues.reduce((sum, queue) => sum + queue.due, 0);
  const dead = queues.reduce((sum, queue) => sum + queue.dead, 0);
  const oldest = Math.max(0, ...queues.map(({ oldestDueSeconds }) => oldestDueSeconds));
  const pages = alerts.filter(({ severity }) => severity === "page").length;
  return [
    {
      title: "Waiting in queues",
      figure: count(due),
      note: due === 0 ? "Nothing is due" : `The oldest for ${ago(oldest)}`,
      path: "/console/queues",
      kind: oldest > lateSeconds ? "warn" : "good",
    },
    {
      title: "Dead letters",
      figure: count(dead),
      note: "Out of attempts",
      path: "/console/queues#dead",
      kind: dead > 0 ? "warn" : "good",
    },
    {
      title: "Open alerts",
      figure: count(alerts.length),
      note: alerts[0]?.title ?? "Nothing needs anybody",
      path: "/console/alerts",
      kind: pages > 0 ? "bad" : alerts.length > 0 ? "warn" : "good",
    },
    {
      title: "Schedules late",
      figure: count(schedules.length),
      note: schedules[0]?.task ?? "All ran at their time",
      path: "/console/schedules",
      kind: schedules.length > 0 ? "warn" : "good",
    },
  ];
}

function callbacksTile(failing: number): TileProps {
  return {
    title: "Callbacks failing",
    figure: count(failing),
    note: "Spared or suspended",
    path: "/console#callbacks",
    kind: failing > 0 ? "warn" : "good",
  };
}

function printTile({ runs, runAt, waiting }: PrintOutlook): TileProps {
  const [run] = runs;
  const time = londonTime(runAt).slice(11, 16);
  const base = { title: "Today's print run", path: "/console/letters" };
  if (!run) {
    const letters = waiting?.letters ?? 0;
    return { ...base, figure: count(letters), note: `Letters for the run at ${time}` };
  }
  const note = `${run.uploaded} of ${run.batches} batches uploaded, ${run.acknowledged} acknowledged`;
  return { ...base, figure: count(run.letters), note };
}

const queueColumns: readonly Column<QueueState>[] = [
  { title: "Queue", cell: ({ queue }) => <a href={`/console/queues/${queue}`}>{queue}</a> },
  { title: "Due", cell: ({ due }) => <Count of={due} />, isNumber: true },
  { title: "Waiting", cell: ({ waiting }) => <Count of={waiting} />, isNumber: true },
  {
    title: "Oldest due",
    cell: ({ due, oldestDueSeconds }) => (due === 0 ? "–" : ago(oldestDueSeconds)),
    isNumber: true,
  },
  { title: "Dead", cell: ({ dead }) => <Count of={dead} />, isNumber: true },
];

const providerColumns: readonly Column<ProviderState>[] = [
  { title: "Provider", cell: ({ displayName }) => <a href="/console/providers">{displayName}</a> },
  { title: "Channel", cell: ({ channel }) => channel },
  { title: "State", cell: ({ active }) => <Status status={active ? "active" : "inactive"} /> },
  { title: "Priority", cell: ({ priority }) => priority, isNumber: true },
  { title: "Share", cell: ({ share }) => percent(share), isNumber: true },
  { title: "Sent", cell: ({ sent }) => <Count of={sent} />, isNumber: true },
  { title: "Failed", cell: ({ failed }) => <Count of={failed} />, isNumber: true },
  { title: "Slow", cell: ({ slowShare }) => percent(slowShare), isNumber: true },
  { title: "Failed calls", cell: ({ failedCalls }) => <Count of={failedCalls} />, isNumber: true },
];

function Platform({ platform: { queues, providers, alerts } }: { platform: PlatformState }) {
  const busy = queues.filter(({ waiting, dead }) => waiting > 0 || dead > 0).slice(0, 10);
  return (
    <>
      <h2>Open alerts</h2>
      <Table
        caption="What a person must look at"
        columns={[
          { title: "Alert", cell: ({ title }) => <a href="/console/alerts">{title}</a> },
          { title: "Severity", cell: ({ severity }) => <Status status={severity} /> },
          { title: "Since", cell: ({ openedAt }) => <Time at={openedAt} /> },
        ]}
        rows={alerts.slice(0, 10)}
        empty="None: nothing needs anybody."
      />
      <h2>Queues</h2>
      <Table
        caption="Busiest queues"
        columns={queueColumns}
        rows={busy}
        empty="Nothing waits in any queue."
      />
      <h2>Providers</h2>
      <Table
        caption="Providers in the last quarter of an hour"
        columns={providerColumns}
        rows={providers}
        empty="There are none."
      />
    </>
  );
}

function percent(share: number | null): string {
  return share === null ? "–" : `${(100 * share).toFixed(0)} %`;
}
