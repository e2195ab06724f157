/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { CheckedFile, CheckedRow } from "../../../shared/batch/check.ts";
import { fileFaultMessage, summaryLines } from "../../../shared/batch/fault-messages.ts";
import { shownCell } from "../../../shared/batch/shown-cell.ts";
import type { Upload } from "../../../shared/batch/uploads.ts";
import type { SendableTemplate } from "../../../shared/notification/notification.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import type { Column } from "../parts.tsx";
import { Table } from "../parts.tsx";
import { ColumnsFound, textOfCell } from "./columns-found.tsx";
import { batchesPath } from "./deps.ts";
import { columnsOf } from "./example-file.ts";
import { crumbs } from "./new.tsx";

/** Of a file's beginning, rows that are shown whether or not something is wrong with them. */
const firstRows = 5;

/** A file that cannot be sent: what is wrong with it on top, and in place. */
export async function faultyPage(
  c: Context<ConsoleEnv>,
  { upload, file, template }: { upload: Upload; file: CheckedFile; template: SendableTemplate },
): Promise<Response> {
  const toDo = summaryLines(template.type, file.counts);
  const rows = rowsToShow(file);
  const body = (
    <>
      <div class="faults" role="alert">
        <h2>Nothing was sent: there is a problem with the file</h2>
        <ul>
          {file.faults.map((fault) => (
            <li>
              {fault.kind === "rows-with-errors" ? (
                <a href="#rows">{fileFaultMessage(fault)}</a>
              ) : (
                fileFaultMessage(fault)
              )}
            </li>
          ))}
        </ul>
        {toDo.length === 0 ? null : (
          <>
            <p>What to do:</p>
            <ul>
              {toDo.map((line) => (
                <li>{line}</li>
              ))}
            </ul>
          </>
        )}
      </div>
      <h1>{upload.originalFileName}</h1>
      <p class="actions">
        <a class="button" href={batchesPath(c, `/new?template=${template.id}`)}>
          Upload another file
        </a>
        <a href={batchesPath(c, `/example.csv?template=${template.id}`)} download>
          Download an example file
        </a>
      </p>
      <div id="rows">
        <Table
          caption={captionOf(file, rows.length)}
          columns={columnsFor(file, rows)}
          rows={rows}
          empty="The file has no rows after its header."
        />
      </div>
      <ColumnsFound
        columns={file.columns}
        needed={columnsOf(template).map(({ name }) => name)}
        type={template.type}
      />
    </>
  );
  const title = "The file cannot be sent";
  return await answerConsole(c, { title: `Problem: ${title}`, body, status: 400, crumbs: crumbs(c, title) });
}

/** The first rows and all those that something is wrong with, as far as they were kept, in the file's order. */
function rowsToShow({ first, wrong }: CheckedFile): CheckedRow[] {
  const byNumber = new Map<number, CheckedRow>();
  for (const row of [...first.slice(0, firstRows), ...wrong]) byNumber.set(row.row.number, row);
  return [...byNumber.values()].sort((one, other) => one.row.number - other.row.number);
}

function captionOf({ rowCount }: CheckedFile, shown: number): string {
  const count = (n: number) => n.toLocaleString("en-GB");
  if (shown === rowCount) return `All ${count(rowCount)} rows`;
  return `${count(shown)} of ${count(rowCount)} rows: the first, and those with something wrong`;
}

function columnsFor({ columns }: CheckedFile, rows: readonly CheckedRow[]): readonly Column<CheckedRow>[] {
  const used = columns.slots.filter(({ key }) => columns.wanted.has(key));
  return [
    { title: "Row", cell: ({ row }) => row.number + 2 },
    ...used.map(({ header, key }) => ({
      title: shownCell(header),
      cell: ({ row, check }: CheckedRow) => <Cell text={textOfCell(row, key)} fault={check.cells.get(key)} />,
    })),
    ...(rows.some(({ check }) => check.faults.length > 0) ? [wholeRow] : []),
  ];
}

const wholeRow: Column<CheckedRow> = {
  title: "The whole row",
  cell: ({ check }) =>
    check.faults.length === 0 ? (
      <span class="none">–</span>
    ) : (
      <div class="faulty-cell">
        {check.faults.map(({ message }) => (
          <p class="fault">{message}</p>
        ))}
      </div>
    ),
};

/** What a cell says, and what is wrong with it beside it. */
function Cell({ text, fault }: { text: string; fault: string | undefined }) {
  const shown = text === "" ? <span class="none">empty</span> : text;
  if (fault === undefined) return shown;
  return (
    <div class="faulty-cell">
      <p class="fault">{fault}</p>
      {shown}
    </div>
  );
}
