import type { Context } from "hono";
import { writeCsvRow } from "../../../shared/batch/csv.ts";
import { findBatch } from "../../../shared/batch/queries.ts";
import { type BatchResult, listBatchResults } from "../../../shared/batch/results.ts";
import { shownCell } from "../../../shared/batch/shown-cell.ts";
import { londonTime } from "../../../shared/time/london.ts";
import { attachment } from "../../documents/disposition.ts";
import { statusInWords } from "../../internal/notifications/status-in-words.ts";
import { noteLook } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { type BatchPageDeps, idOf } from "./deps.ts";

const rowsAtOnce = 2000;

const header = ["Row", "Recipient", "Reference", "Status", "Meaning", "Made", "Sent", "Last changed", "Id"];

/** GET …/batches/{id}/results.csv: what became of each row. Read and sent some rows at a time. */
export function downloadResults(deps: Pick<BatchPageDeps, "ask" | "now" | "newId">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const serviceId = c.var.service.id;
    const batchId = idOf(c);
    const batch = await deps.ask((sql) => findBatch(sql, serviceId, batchId));
    if (!batch) throw notThere();
    await noteLook(c, deps, { action: "batch.results", subject: `batch ${batchId}` });
    const encoder = new TextEncoder();
    let after = -1;
    const lines = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(encoder.encode(writeCsvRow(header))),
      pull: async (controller) => {
        const rows = await deps.ask((sql) =>
          listBatchResults(sql, { serviceId, batchId, after, limit: rowsAtOnce }),
        );
        if (rows.length > 0) controller.enqueue(encoder.encode(rows.map(lineOf).join("")));
        after = rows.at(-1)?.row ?? after;
        if (rows.length < rowsAtOnce) controller.close();
      },
    });
    return new Response(lines, {
      headers: {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": attachment(`${withoutEnding(batch.originalFileName)} results.csv`),
      },
    });
  };
}

function withoutEnding(fileName: string): string {
  return fileName.replace(/\.(?:csv|tsv|txt|xlsx)$/i, "").slice(0, 100);
}

/** The row as a spreadsheet numbers it, below its header. */
function lineOf({ row, id, recipient, reference, channel, status, ...times }: BatchResult): string {
  const at = [times.createdAt, times.sentAt, times.updatedAt].map((time) => (time ? londonTime(time) : ""));
  const words = statusInWords(channel, status);
  return writeCsvRow([
    String(row + 2),
    shownCell(recipient),
    shownCell(reference ?? ""),
    status,
    words,
    ...at,
    id,
  ]);
}
