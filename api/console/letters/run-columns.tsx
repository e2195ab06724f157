/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { PrintRun, PrintRunSummary } from "../../../shared/letter/print-run.ts";
import { type Column, Count, Time } from "../parts.tsx";

const words: Readonly<Record<PrintRun["status"], readonly [string, string]>> = {
  planning: ["being planned", "tag"],
  planned: ["planned", "tag"],
  abandoned: ["given up", "tag bad"],
};

/** How far a run is: once all its batches are acknowledged, it is done. */
export function RunState({
  run,
}: {
  run: Pick<PrintRunSummary, "status" | "batches" | "acknowledged" | "uploaded">;
}) {
  const { status, batches, acknowledged, uploaded } = run;
  if (status === "planned" && acknowledged === batches) return <span class="tag good">acknowledged</span>;
  if (status === "planned" && uploaded === batches) return <span class="tag good">sent</span>;
  if (status === "planned") return <span class="tag warn">being sent</span>;
  const [word, kind] = words[status];
  return <span class={kind}>{word}</span>;
}

export const runColumns: readonly Column<PrintRunSummary>[] = [
  {
    title: "Print day",
    cell: ({ id, printDate, kind }) => (
      <>
        <a href={`/console/letters/runs/${id}`}>{printDate}</a>
        {kind === "manual" ? " by hand" : null}
      </>
    ),
  },
  { title: "Letters made before", cell: ({ deadline }) => <Time at={deadline} /> },
  { title: "State", cell: (run) => <RunState run={run} /> },
  { title: "Letters", isNumber: true, cell: ({ letters }) => <Count of={letters} /> },
  { title: "Batches", isNumber: true, cell: ({ batches }) => <Count of={batches} /> },
  { title: "Sent", isNumber: true, cell: ({ uploaded }) => <Count of={uploaded} /> },
  { title: "Acknowledged", isNumber: true, cell: ({ acknowledged }) => <Count of={acknowledged} /> },
];
