import { type Context, Hono, type MiddlewareHandler } from "hono";
import * as v from "valibot";
import { findByUuid } from "../../../shared/platform/find-by-uuid.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { describedUuid } from "../../v2/schema/fields.ts";
import { noResult } from "../refusal.ts";

const Request = v.object({ uuid: describedUuid("Anything's id") });

/** POST /platform-admin/find-by-uuid: what an id is of, and of which service. */
export function findByUuidRoutes(auth: MiddlewareHandler, { ask }: Pick<ApiDeps, "ask">): Hono {
  return new Hono().post("/platform-admin/find-by-uuid", auth, async (c: Context): Promise<Response> => {
    const { uuid } = readFields(Request, await readBody(c.req.raw));
    const found = await ask((sql) => findByUuid(sql, uuid));
    if (!found) throw noResult();
    const { type, serviceId } = found;
    return answerJson(200, { type, context: serviceId === null ? {} : { service_id: serviceId } });
  });
}
