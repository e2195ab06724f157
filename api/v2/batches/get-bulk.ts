import type { Context } from "hono";
import * as v from "valibot";
import { findProgress } from "../../../shared/batch/progress.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ApiEnv } from "../../env.ts";
import { rootUrl } from "../../root.ts";
import { noResult } from "../notifications/no-result.ts";
import { readFields } from "../schema/faults.ts";
import { describedUuid } from "../schema/fields.ts";
import { viewProgress } from "./view-progress.ts";

export const BulkId = v.object({ batch_id: describedUuid("The batch's id.") });

/** GET /v2/notifications/bulk/{id}: how far a batch is. Ours. */
export function getBulk({ ask, apiHost }: ApiDeps) {
  return async (c: Context<ApiEnv>): Promise<Response> => {
    const { batch_id: id } = readFields(BulkId, { batch_id: c.req.param("id") ?? "" });
    const progress = await ask((sql) => findProgress(sql, c.get("service").id, id));
    if (progress === null) throw noResult();
    return answerJson(200, viewProgress(progress, rootUrl(c, apiHost)));
  };
}
