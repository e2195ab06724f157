import { Hono } from "hono";
import { attachment } from "../../documents/disposition.ts";
import type { ConsoleEnv } from "../env.ts";
import { limitForm } from "../read-form.ts";
import { showBatch } from "./batch-page.tsx";
import { askToCancel, cancelBatch } from "./cancel.tsx";
import { type BatchPageDeps, batchesAt } from "./deps.ts";
import { columnsOf, exampleFile } from "./example-file.ts";
import { listOfBatches } from "./list.tsx";
import { chosenTemplate, newBatch } from "./new.tsx";
import { downloadResults } from "./results.ts";
import { sendUpload, showFirstEmail, showFirstPage, showUpload } from "./send.ts";
import { limitUpload, takeUpload } from "./upload.ts";

/** Spreadsheets of people, each row of which becomes a message. */
export function batchPages(deps: BatchPageDeps): Hono<ConsoleEnv> {
  return new Hono<ConsoleEnv>()
    .get(batchesAt, listOfBatches(deps))
    .get(`${batchesAt}/new`, newBatch(deps))
    .get(`${batchesAt}/example.csv`, async (c) => {
      const template = await chosenTemplate(c, deps, c.req.query("template") ?? "");
      return c.body(exampleFile(columnsOf(template)), 200, {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": attachment(`${template.name} example.csv`),
      });
    })
    .post(`${batchesAt}/uploads`, limitUpload, takeUpload(deps))
    .get(`${batchesAt}/uploads/:id`, showUpload(deps))
    .post(`${batchesAt}/uploads/:id`, limitForm, sendUpload(deps))
    .get(`${batchesAt}/uploads/:id/email.html`, showFirstEmail(deps))
    .get(`${batchesAt}/uploads/:id/letter.png`, showFirstPage(deps))
    .get(`${batchesAt}/:id`, showBatch(deps))
    .get(`${batchesAt}/:id/cancel`, askToCancel(deps))
    .post(`${batchesAt}/:id/cancel`, limitForm, cancelBatch(deps))
    .get(`${batchesAt}/:id/results.csv`, downloadResults(deps));
}
