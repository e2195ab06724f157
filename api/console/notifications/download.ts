import type { Context } from "hono";
import { writeCsvRow } from "../../../shared/batch/csv.ts";
import { harmlessCell } from "../../../shared/batch/shown-cell.ts";
import {
  type FoundNotification,
  findNotifications,
} from "../../../shared/notification/find-notifications.ts";
import type { Position } from "../../../shared/notification/search-conditions.ts";
import { londonDate, londonTime } from "../../../shared/time/london.ts";
import type { ApiDeps } from "../../deps.ts";
import { attachment } from "../../documents/disposition.ts";
import { statusInWords } from "../../internal/notifications/status-in-words.ts";
import { noteLook } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { Fault } from "../fault.ts";
import { readSearch } from "./search.ts";

const rowsAtOnce = 1000;
const mostRows = 100_000;

const head = [
  "Id",
  "Made",
  "Recipient",
  "Reference",
  "Channel",
  "Key",
  "Status",
  "In words",
  "Template",
  "Batch",
  "Sent",
  "Updated",
];

/** GET …/notifications/download.csv: what a search finds, newest first, read and sent a thousand rows at a time. */
export function downloadNotifications(deps: Pick<ApiDeps, "ask" | "now" | "newId" | "log">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const { id: serviceId, name } = c.var.service;
    const { search, faults } = readSearch(c, serviceId);
    const [fault] = Object.values(faults);
    if (fault !== undefined) throw new Fault(400, fault);
    await noteLook(c, deps, { action: "notification.download", subject: `service ${serviceId}` });
    const readPage = (olderThan: Position | null) =>
      deps.ask((sql) => findNotifications(sql, search, { olderThan, limit: rowsAtOnce }));
    const first = await readPage(null);
    // So that programs for spreadsheets know what it is written in.
    const start = `\ufeff${writeCsvRow(head)}`;
    return new Response(csvOf(start, first, readPage), {
      headers: {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": attachment(`${name} notifications ${londonDate(deps.now())}.csv`),
      },
    });
  };
}

type Page = Awaited<ReturnType<typeof findNotifications>>;

/** Reads on only as fast as it is taken. A page that cannot be read breaks it off: half a list may not look whole. */
function csvOf(
  start: string,
  first: Page,
  readPage: (olderThan: Position) => Promise<Page>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let page = first;
  let isFirst = true;
  let rows = 0;
  return new ReadableStream({
    async pull(controller) {
      if (!isFirst) {
        if (page.next === null || rows >= mostRows) return controller.close();
        page = await readPage(page.next);
      }
      rows += page.found.length;
      controller.enqueue(encoder.encode((isFirst ? start : "") + page.found.map(rowOf).join("")));
      isFirst = false;
    },
  });
}

function rowOf(found: FoundNotification): string {
  const cells = [
    found.id,
    londonTime(found.createdAt),
    found.to ?? "",
    found.clientReference ?? "",
    found.channel,
    found.keyType,
    found.status,
    statusInWords(found.channel, found.status),
    found.templateName,
    found.batch?.fileName ?? "",
    found.sentAt ? londonTime(found.sentAt) : "",
    found.updatedAt ? londonTime(found.updatedAt) : "",
  ];
  return writeCsvRow(cells.map(harmlessCell));
}
