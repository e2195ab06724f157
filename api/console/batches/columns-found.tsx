/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Columns, Slot } from "../../../shared/batch/columns.ts";
import type { SheetRow, Value } from "../../../shared/batch/row.ts";
import { shownCell } from "../../../shared/batch/shown-cell.ts";
import type { Channel } from "../../../shared/notification/notification.ts";
import { placeholderKey } from "../../../shared/template/placeholders.ts";
import { type Column, Table } from "../parts.tsx";

interface Found {
  name: string;
  use: string;
  kind: "" | "good" | "bad";
}

/** What each column of a file is for, and what it lacks. `needed`: by the template, the recipient's too. */
export function ColumnsFound({
  columns,
  needed,
  type,
}: {
  columns: Columns;
  needed: readonly string[];
  type: Channel;
}) {
  const found = columns.slots.map((slot) => ({
    name: shownCell(slot.header),
    ...useOf(columns, slot, needed),
  }));
  const missing = columns.missing.map((name) => ({ name, use: "missing", kind: "bad" as const }));
  const note = type === "letter" ? "A letter needs at least three lines of an address." : null;
  return (
    <>
      <Table
        caption="Columns of the file"
        columns={shown}
        rows={[...missing, ...found]}
        empty="The file has no header."
      />
      {note === null ? null : <p class="hint">{note}</p>}
    </>
  );
}

const shown: readonly Column<Found>[] = [
  { title: "Column", cell: ({ name }) => (name === "" ? <span class="none">without a name</span> : name) },
  { title: "What it is for", cell: ({ use, kind }) => <span class={`tag ${kind}`.trim()}>{use}</span> },
];

function useOf(columns: Columns, { key, isRecipient }: Slot, needed: readonly string[]): Omit<Found, "name"> {
  if (isRecipient) return { use: "whom it goes to", kind: "good" };
  const placeholder = needed.find((name) => placeholderKey(name) === key);
  if (columns.wanted.has(key)) return { use: `fills ((${placeholder ?? key}))`, kind: "good" };
  if (key === "reference") return { use: "your reference", kind: "good" };
  return { use: "passed over", kind: "" };
}

/** A cell as it is shown; a list's items one after the other. */
export function textOfCell({ values }: SheetRow, key: string): string {
  return textOf(values.get(key) ?? null);
}

function textOf(value: Value): string {
  if (!Array.isArray(value)) return value === null ? "" : shownCell(value);
  return value
    .slice(0, 100)
    .map((item) => (item === null ? "" : shownCell(item)))
    .join(", ");
}
