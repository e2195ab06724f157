import { Hono, type MiddlewareHandler } from "hono";
import { cancelLetterBatch } from "./cancel-letters.ts";
import { createBatch } from "./create-batch.ts";
import type { BatchRouteDeps } from "./deps.ts";
import { listNotificationsOfBatch } from "./list-notifications.ts";
import { cancelBatch, countBatch, getBatch, showBatches, showScheduled } from "./read-batches.ts";
import { uploadFile } from "./upload-file.ts";

/** Spreadsheets of recipients at Notify's paths (`spec/admin-api.md` 4.6, 5), and ours for uploading them. */
export function batchRoutes(auth: MiddlewareHandler, deps: BatchRouteDeps): Hono {
  const all = "/service/:service/job";
  return new Hono()
    .post("/service/:service/upload-csv", auth, uploadFile(deps))
    .get(all, auth, showBatches(deps))
    .post(all, auth, createBatch(deps))
    .get(`${all}/scheduled-job-stats`, auth, showScheduled(deps))
    .get(`${all}/:id`, auth, getBatch(deps))
    .get(`${all}/:id/notification_count`, auth, countBatch(deps))
    .get(`${all}/:id/notifications`, auth, listNotificationsOfBatch(deps))
    .post(`${all}/:id/cancel`, auth, cancelBatch(deps))
    .post(`${all}/:id/cancel-letter-job`, auth, cancelLetterBatch(deps));
}
