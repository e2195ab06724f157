/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { countBatchStates, listBatchesOfRun, type StateCount } from "../../../shared/letter/operators.ts";
import { findPrintRun, listPrintRuns } from "../../../shared/letter/print-run.ts";
import { findVolumes } from "../../../shared/letter/print-run-volumes.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { withQuery } from "../listing.ts";
import { type Column, Count, Facts, Paging, Table, Time } from "../parts.tsx";
import { BatchStateTag, batchColumns } from "./batch-columns.tsx";
import { idOf, type LetterPageDeps } from "./deps.ts";
import { RunState, runColumns } from "./run-columns.tsx";
import { volumeColumns } from "./volume-columns.tsx";

const pageSize = 100;
const mostRuns = 1000;

/** GET /letters/runs: a year's and more. */
export function listOfRuns({ ask }: Pick<LetterPageDeps, "ask">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const runs = await ask((sql) => listPrintRuns(sql, mostRuns));
    const title = "Print runs";
    const body = (
      <>
        <h1>{title}</h1>
        <Table caption="The newest first" columns={runColumns} rows={runs} empty="No print run yet." />
      </>
    );
    return await answerConsole(c, { title, body, crumbs: crumbs(title) });
  };
}

/** GET /letters/runs/{id}: a run with its batches. */
export function showRun({ ask }: Pick<LetterPageDeps, "ask">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const runId = idOf(c);
    const after = (c.req.query("after") ?? "").slice(0, 200).replaceAll("\0", "").toWellFormed();
    const [run, states, batches, volumes] = await ask((sql) =>
      Promise.all([
        findPrintRun(sql, runId),
        countBatchStates(sql, runId),
        listBatchesOfRun(sql, { runId, after, limit: pageSize + 1 }),
        findVolumes(sql, runId),
      ]),
    );
    if (!run) throw notThere();
    const shown = batches.slice(0, pageSize);
    const last = batches.length > pageSize ? shown.at(-1) : undefined;
    const title = `Print run of ${run.printDate}`;
    const live = summed(states.filter(({ state }) => state !== "abandoned"));
    const of = (state: string) => states.find((one) => one.state === state)?.batches ?? 0;
    const acknowledged = of("acknowledged");
    const uploaded = of("uploaded") + acknowledged;
    const isUnsent = run.status === "planning" || uploaded < live.batches;
    const path = `/console/letters/runs/${runId}`;
    const body = (
      <>
        <h1>{title}</h1>
        <div data-live="facts">
          <Facts
            facts={[
              [
                "State",
                <RunState run={{ status: run.status, batches: live.batches, uploaded, acknowledged }} />,
              ],
              ["Begun", run.kind === "manual" ? "by hand" : "by the schedule"],
              ["Letters made before", <Time at={run.deadline} />],
              ["Began", <Time at={run.createdAt} />],
              ["Planned", <Time at={run.plannedAt} />],
              ["Last batch sent", <Time at={latestOf(states, "lastSentAt")} />],
              ["Last acknowledged", <Time at={latestOf(states, "lastAcknowledgedAt")} />],
              ["Letters", <Count of={live.letters} />],
              ...(run.reason === null ? [] : [["Why", run.reason] as const]),
            ]}
          />
        </div>
        {isUnsent && run.status !== "abandoned" ? (
          <p class="actions">
            <a class="button quiet" href={`${path}/retry`}>
              Try again what is not sent
            </a>
            <a class="button danger" href={`${path}/abandon`}>
              Give it up
            </a>
          </p>
        ) : null}
        <div class="split">
          <div data-live="states">
            <Table
              caption="How far its batches are"
              columns={stateColumns}
              rows={states}
              empty="It has no batches."
            />
          </div>
          <Table
            caption="What it had to print"
            columns={volumeColumns}
            rows={volumes?.volumes ?? []}
            empty="Nothing was noted to print."
          />
        </div>
        {volumes && volumes.told.length > 0 ? (
          <p class="hint">{`The printer’s people were told: ${volumes.told.length} addresses.`}</p>
        ) : null}
        <div data-live="batches">
          <Table caption="Its batches" columns={batchColumns} rows={shown} empty="It has no batches." />
        </div>
        <Paging
          newer={after === "" ? null : withQuery(c, { after: null })}
          older={last ? withQuery(c, { after: last.name }) : null}
        />
      </>
    );
    return await answerConsole(c, {
      title,
      body,
      crumbs: crumbs(title),
      liveSeconds: isUnsent && run.status !== "abandoned" ? 5 : null,
    });
  };
}

function summed(states: readonly StateCount[]): { batches: number; letters: number } {
  return states.reduce(
    (sum, { batches, letters }) => ({ batches: sum.batches + batches, letters: sum.letters + letters }),
    { batches: 0, letters: 0 },
  );
}

function latestOf(states: readonly StateCount[], of: "lastSentAt" | "lastAcknowledgedAt"): Date | null {
  const times = states.flatMap((state) => state[of]?.getTime() ?? []);
  return times.length === 0 ? null : new Date(Math.max(...times));
}

const stateColumns: readonly Column<StateCount>[] = [
  { title: "State", cell: ({ state }) => <BatchStateTag state={state} /> },
  { title: "Batches", isNumber: true, cell: ({ batches }) => <Count of={batches} /> },
  { title: "Letters", isNumber: true, cell: ({ letters }) => <Count of={letters} /> },
];

export function crumbs(...titles: readonly (string | { title: string; path: string })[]) {
  const places = titles.map((one) => (typeof one === "string" ? { title: one, path: null } : one));
  return [{ title: "Letters", path: "/console/letters" }, ...places];
}
