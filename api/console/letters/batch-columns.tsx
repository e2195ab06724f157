/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { BatchState } from "../../../shared/letter/batch.ts";
import type { ListedBatch } from "../../../shared/letter/operators.ts";
import { type Column, Count, Time } from "../parts.tsx";
import { postageOf, sizeOf } from "./deps.ts";

const words: Readonly<Record<BatchState, readonly [string, string]>> = {
  planned: ["waits to be sent", "tag"],
  uploading: ["being sent", "tag warn"],
  placing: ["being sent", "tag warn"],
  uploaded: ["sent", "tag good"],
  acknowledged: ["acknowledged", "tag good"],
  abandoned: ["given up", "tag bad"],
};

export function BatchStateTag({ state }: { state: BatchState }) {
  const [word, kind] = words[state];
  return <span class={kind}>{word}</span>;
}

export const batchColumns: readonly Column<ListedBatch>[] = [
  { title: "Batch", cell: ({ id, name }) => <a href={`/console/letters/batches/${id}`}>{name}</a> },
  {
    title: "Service",
    cell: ({ serviceId, service }) => (
      <a href={`/console/services/${serviceId}/letters`}>{service ?? serviceId}</a>
    ),
  },
  { title: "Post", cell: ({ postage }) => postageOf(postage) },
  {
    title: "State",
    cell: ({ state, fault }) => (
      <>
        <BatchStateTag state={state} />
        {fault === null ? null : <span class="hint">{fault}</span>}
      </>
    ),
  },
  { title: "Letters", isNumber: true, cell: ({ letters }) => <Count of={letters} /> },
  { title: "Size", isNumber: true, cell: ({ bytes }) => sizeOf(bytes) },
  { title: "Sent", cell: ({ uploadedAt }) => <Time at={uploadedAt} /> },
  { title: "Acknowledged", cell: ({ acknowledgedAt }) => <Time at={acknowledgedAt} /> },
];
