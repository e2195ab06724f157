/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Volume } from "../../../shared/letter/print-run-volumes.ts";
import { type Column, Count } from "../parts.tsx";
import { postageOf } from "./deps.ts";

export const volumeColumns: readonly Column<Volume>[] = [
  { title: "Post", cell: ({ postage }) => postageOf(postage) },
  { title: "Letters", isNumber: true, cell: ({ letters }) => <Count of={letters} /> },
  { title: "Sheets", isNumber: true, cell: ({ sheets }) => <Count of={sheets} /> },
];
