import { type Context, Hono, type MiddlewareHandler } from "hono";
import * as v from "valibot";
import {
  allocateNumber,
  type InboundNumberObject,
  listInboundNumberObjects,
  switchNumberOff,
} from "../../../shared/inbound/allocate.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { findSender } from "../../../shared/service/senders.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { describedUuid } from "../../v2/schema/fields.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { readOptionalBody } from "../read-optional-body.ts";
import { noResult, Refusal } from "../refusal.ts";
import { viewSender } from "../senders/kinds.ts";

type NumberRouteDeps = Pick<ApiDeps, "ask" | "now">;

const Request = v.object({ inbound_number_id: v.optional(describedUuid("Which one; any where not given")) });

/** The numbers that texts can be sent to, and whose they are (`spec/admin-api.md` 4.3). */
export function inboundNumberRoutes(auth: MiddlewareHandler, deps: NumberRouteDeps): Hono {
  const path = "/inbound-number";
  return new Hono()
    .get(path, auth, list("all", deps))
    .get(`${path}/available`, auth, list("available", deps))
    .get(`${path}/service/:service`, auth, getOfService(deps))
    .post(`${path}/service/:service`, auth, allocate(deps))
    .post(`${path}/service/:service/off`, auth, switchOff(deps));
}

/** GET /inbound-number, /inbound-number/available */
function list(which: "all" | "available", { ask }: NumberRouteDeps) {
  return async (): Promise<Response> => {
    const numbers = await ask((sql) => listInboundNumberObjects(sql, which));
    return answerJson(200, { data: numbers.map(viewNumber) });
  };
}

/** GET /inbound-number/service/{id}: its number, or an empty object. */
function getOfService({ ask }: NumberRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const [number] = await ask((sql) => listInboundNumberObjects(sql, { serviceId }));
    return answerJson(200, { data: number ? viewNumber(number) : {} });
  };
}

/** POST /inbound-number/service/{id}: answers the sender that the number became. */
function allocate({ ask, now }: NumberRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const { inbound_number_id: id = null } = readFields(Request, await readOptionalBody(c.req.raw));
    const given = await ask((sql) => allocateNumber(sql, { serviceId, id, at: now() }));
    if (given === "no-service") throw noResult();
    if (given === "none") throw new Refusal(400, "There are no available inbound numbers");
    if (given === "not-free") throw new Refusal(400, `Inbound number: ${id} is not available`);
    if (given === "has-one") throw new Refusal(400, `Service ${serviceId} has an inbound number already`);
    const sender = await ask((sql) => findSender(sql, "sms", { serviceId, id: given.senderId }));
    if (!sender) throw noResult();
    return answerJson(201, viewSender("sms", sender));
  };
}

/** POST /inbound-number/service/{id}/off: what is sent to the number is not received any more. */
function switchOff({ ask, now }: NumberRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    if (!(await ask((sql) => switchNumberOff(sql, serviceId, now())))) throw noResult();
    return new Response(null, { status: 204 });
  };
}

function viewNumber(number: InboundNumberObject): JsonObject {
  const { service } = number;
  return {
    id: number.id,
    number: number.number,
    provider: number.provider,
    service: service && { id: service.id, name: service.name },
    active: number.active,
    created_at: toTimestamp(number.createdAt),
    updated_at: number.updatedAt && toTimestamp(number.updatedAt),
  };
}
