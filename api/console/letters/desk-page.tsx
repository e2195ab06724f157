/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { type LetterHold, listHolds } from "../../../shared/letter/hold.ts";
import {
  listOpenBatches,
  listWaiting,
  sumWaiting,
  type WaitingCount,
} from "../../../shared/letter/operators.ts";
import { listPrintRuns } from "../../../shared/letter/print-run.ts";
import { findVolumes } from "../../../shared/letter/print-run-volumes.ts";
import { readPrintRun, type WaitingLetters } from "../../../shared/overview/print-run.ts";
import { londonTime } from "../../../shared/time/london.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { count, Tiles } from "../overview/tile.tsx";
import { type Column, Count, Table, Time } from "../parts.tsx";
import { batchColumns } from "./batch-columns.tsx";
import { type LetterPageDeps, postageOf } from "./deps.ts";
import { runColumns } from "./run-columns.tsx";
import { Timings } from "./timings.tsx";
import { volumeColumns } from "./volume-columns.tsx";

const mostListed = 20;

/** GET /letters: today's printing at a glance. */
export function lettersDesk({ ask, now, readHolidays }: LetterPageDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const at = now();
    const [outlook, runs, open, waiting, classes, holds] = await ask((sql) =>
      Promise.all([
        readPrintRun(sql, { serviceId: null, at }),
        listPrintRuns(sql, mostListed),
        listOpenBatches(sql, mostListed),
        listWaiting(sql, mostListed),
        sumWaiting(sql),
        listHolds(sql),
      ]),
    );
    const latest = outlook.runs[0];
    const volumes = latest ? await ask((sql) => findVolumes(sql, latest.id)) : null;
    const unsent = open.filter(({ state }) => state !== "uploaded").length;
    const body = (
      <>
        <h1>Letters</h1>
        <div data-live="tiles">
          <Tiles
            tiles={[
              {
                title: "Wait for the next run",
                figure: outlook.waiting ? count(outlook.waiting.letters) : "–",
                note: waitingNote(outlook.waiting),
                path: "#waiting",
              },
              {
                title: "Today’s deadline",
                figure: londonTime(outlook.deadline).slice(11, 16),
                note: `The run begins at ${londonTime(outlook.runAt).slice(11, 16)}`,
                path: "#runs",
              },
              {
                title: "Batches not sent",
                figure: open.length < mostListed ? count(unsent) : `${count(unsent)} or more`,
                path: "#open",
                kind: unsent > 0 ? "warn" : "good",
              },
              {
                title: "Services held",
                figure: count(holds.length),
                path: "#holds",
                kind: holds.length > 0 ? "warn" : "good",
              },
            ]}
          />
        </div>
        <p class="actions">
          <a class="button" href="/console/letters/run">
            Print what waits now
          </a>
          <a href="/console/letters/files">Files from the printer</a>
        </p>
        <h2 id="runs">Print runs</h2>
        <div data-live="runs">
          <Table
            caption={`The latest ${mostListed} runs`}
            columns={runColumns}
            rows={runs}
            empty="No print run yet. The first begins by itself, at 17:50."
          />
        </div>
        <p>
          <a href="/console/letters/runs">Older runs</a>
        </p>
        <h2 id="open">Batches under way</h2>
        <div data-live="open">
          <Table
            caption="Not sent, or not acknowledged by the printer, the oldest first"
            columns={batchColumns}
            rows={open}
            empty="All batches are with the printer, and acknowledged."
          />
        </div>
        <h2 id="waiting">Waiting for the next run</h2>
        <Table
          caption={countedCaption(outlook.waiting)}
          columns={waitingColumns}
          rows={waiting}
          empty="No letters wait to be printed."
        />
        <div class="split">
          <Table
            caption="What waits, by class of post"
            columns={volumeColumns}
            rows={classes}
            empty="No letters wait to be printed."
          />
          <Table
            caption="What today’s last run had to print"
            columns={volumeColumns}
            rows={volumes?.volumes ?? []}
            empty="No run has begun today, or it had nothing to print."
          />
        </div>
        <h2 id="holds">Held</h2>
        <Table
          caption="Services whose letters are not printed"
          columns={holdColumns}
          rows={holds}
          empty="No service’s letters are held."
        />
        <h2 id="timings">How long a letter takes</h2>
        <Timings at={at} holidays={await readHolidays()} />
      </>
    );
    return await answerConsole(c, { title: "Letters", body, liveSeconds: 10 });
  };
}

function waitingNote(waiting: WaitingLetters | null): string {
  if (!waiting) return "Nobody has counted yet";
  const oldest = waiting.oldestAt ? `, the oldest of ${londonTime(waiting.oldestAt).slice(0, 16)}` : "";
  return `${count(waiting.sheets)} sheets${oldest}`;
}

function countedCaption(waiting: WaitingLetters | null): string {
  return waiting
    ? `Of ${waiting.printDate}, counted at ${londonTime(waiting.countedAt).slice(11, 16)}: the most first`
    : "Counted every five minutes";
}

const waitingColumns: readonly Column<WaitingCount>[] = [
  {
    title: "Service",
    cell: ({ serviceId, service }) => (
      <a href={`/console/services/${serviceId}/letters`}>{service ?? serviceId}</a>
    ),
  },
  { title: "Post", cell: ({ postage }) => postageOf(postage) },
  { title: "Letters", isNumber: true, cell: ({ letters }) => <Count of={letters} /> },
  { title: "Sheets", isNumber: true, cell: ({ sheets }) => <Count of={sheets} /> },
  { title: "Oldest", cell: ({ oldestAt }) => <Time at={oldestAt} /> },
  {
    title: "Hold",
    cell: ({ serviceId, service }) => (
      <a
        href={`/console/letters/holds/${serviceId}`}
        aria-label={`Hold the letters of ${service ?? serviceId}`}
      >
        Hold
      </a>
    ),
  },
];

const holdColumns: readonly Column<LetterHold>[] = [
  {
    title: "Service",
    cell: ({ serviceId, service }) => <a href={`/console/services/${serviceId}/letters`}>{service}</a>,
  },
  { title: "Why", cell: ({ reason }) => reason },
  { title: "Since", cell: ({ heldAt }) => <Time at={heldAt} /> },
  { title: "Letters waiting", isNumber: true, cell: ({ waiting }) => <Count of={waiting} /> },
  {
    title: "Release",
    cell: ({ serviceId, service }) => (
      <a href={`/console/letters/holds/${serviceId}`} aria-label={`Release the letters of ${service}`}>
        Release
      </a>
    ),
  },
];
