import type { Context } from "hono";
import { acceptBatch, type NewBatch } from "../../../shared/batch/rows-accept.ts";
import { writeRows } from "../../../shared/batch/rows-text.ts";
import { RequestError } from "../../../shared/errors.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import type { Admit, Idempotency } from "../../../shared/notification/admission.ts";
import { answerText, writeJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ApiEnv } from "../../env.ts";
import { parseBody, readBytes } from "../../middleware/read-body.ts";
import { refuseIfTimedOut } from "../../middleware/time-out.ts";
import { rootUrl } from "../../root.ts";
import { admitOrThrow } from "../notifications/admit-or-throw.ts";
import { countRefusals } from "../notifications/count-refusals.ts";
import { answerAgain, readIdempotency } from "../notifications/idempotency-key.ts";
import { createPrepareBulk, type PreparedBulk } from "./prepare-bulk.ts";
import { viewProgress } from "./view-progress.ts";

/**
 * POST /v2/notifications/bulk: takes many messages of one template at once, all or none, and stores and sends them as fast
 * as fits, so that callers need not go slowly. Ours. What is wrong with rows is said as of a spreadsheet's.
 */
export function postBulk(deps: ApiDeps) {
  const { admit, ask, batchFiles, now, apiHost, log, metrics } = deps;
  const prepare = createPrepareBulk(deps);

  /** Stores the batch, or says why not; answers what the same request was answered before, or null. */
  async function accept(
    c: Context<ApiEnv>,
    { batch, rows, channel }: PreparedBulk,
    { idempotency, at }: { idempotency: Idempotency | null; at: Date },
  ): Promise<string | null> {
    const service = c.get("service");
    const place = { serviceId: service.id, id: batch.id };
    const admitBatch: Admit = (admission) =>
      ask((sql, cipher) => acceptBatch(sql, cipher, { admission, batch, at }));
    await batchFiles.store(place, writeRows(rows));
    try {
      const asked = { channel, notification: null, countsAsInternational: false, idempotency };
      const before = await admitOrThrow(countRefusals(admitBatch, metrics), service, c.get("apiKey"), asked);
      if (before !== null) await batchFiles.remove(place).catch(() => {});
      return before;
    } catch (error) {
      // Where it is not certain that nothing was stored the file stays.
      if (error instanceof RequestError) await batchFiles.remove(place).catch(() => {});
      throw error;
    }
  }

  return async (c: Context<ApiEnv>): Promise<Response> => {
    const service = c.get("service");
    const apiKey = c.get("apiKey");
    let idempotency: Idempotency | null = null;
    let prepared: PreparedBulk;
    try {
      const bytes = await readBytes(c.req.raw);
      idempotency = await readIdempotency(c.req, bytes);
      prepared = await prepare(parseBody(bytes), service, apiKey);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // Counted all the same, unless it was accepted before.
      const asked = { channel: null, notification: null, countsAsInternational: false, idempotency };
      const before = await admitOrThrow(admit, service, apiKey, asked);
      if (before !== null) return answerAgain(before);
      throw error;
    }
    refuseIfTimedOut(c);
    const { batch, channel } = prepared;
    const at = now();
    const response = writeJson(viewNew(batch, at, rootUrl(c, apiHost)));
    const before = await accept(c, prepared, {
      idempotency: idempotency && { ...idempotency, response },
      at,
    });
    if (before !== null) return answerAgain(before);
    log.info({ batchId: batch.id, serviceId: service.id, channel, rows: batch.rows }, "Batch created");
    return answerText(201, response);
  };
}

function viewNew(batch: NewBatch, createdAt: Date, root: string): JsonObject {
  const status = batch.scheduledFor === null ? "pending" : "scheduled";
  const nothingYet = { stored: 0, skipped: 0, failed: 0, startedAt: null, finishedAt: null };
  return viewProgress({ ...batch, ...nothingYet, status, createdAt }, root);
}
