import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { Json } from "../../../shared/json/json.ts";
import {
  addSender,
  archiveSender,
  changeSender,
  findSender,
  listSenders,
  type SenderKey,
  type SenderObject,
} from "../../../shared/service/senders.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { parseUuid } from "../../uuid.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult, Refusal } from "../refusal.ts";
import { existingService } from "../usage/requests.ts";
import { alreadyReplyTo, type SenderWire, senderRequests, senderWires, viewSender } from "./kinds.ts";
import { verifyReplyTo } from "./verify-reply-to.ts";

type SenderRouteDeps = Pick<ApiDeps, "ask" | "log" | "now" | "newId">;

/** What services' texts come from, where their emails are answered to, who their letters are from (4.3). */
export function senderRoutes(auth: MiddlewareHandler, deps: SenderRouteDeps): Hono {
  const routes = new Hono();
  // Before those that would take its name for an id.
  routes.post("/service/:service/email-reply-to/verify", auth, verifyReplyTo(deps));
  for (const wire of senderWires) {
    const path = `/service/:service/${wire.path}`;
    routes
      .get(path, auth, list(wire, deps))
      .get(`${path}/:id`, auth, get(wire, deps))
      .post(path, auth, add(wire, deps))
      .post(`${path}/:id`, auth, change(wire, deps))
      .post(`${path}/:id/archive`, auth, archive(wire, deps));
  }
  return routes;
}

/** GET S/sms-sender: the default first. */
function list({ kind }: SenderWire, { ask }: SenderRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const senders = await ask((sql) => listSenders(sql, kind, serviceId));
    return answerJson(
      200,
      senders.map((sender) => viewSender(kind, sender)),
    );
  };
}

/** GET S/sms-sender/{id} */
function get({ kind }: SenderWire, { ask }: SenderRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const key = keyOf(c);
    const sender = await ask((sql) => findSender(sql, kind, key));
    if (!sender) throw noResult();
    return answerJson(200, viewSender(kind, sender));
  };
}

/** POST S/sms-sender */
function add(wire: SenderWire, { ask, now, newId }: SenderRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const asked = await read(c, wire);
    wire.check(asked.value);
    const added = await ask((sql) =>
      addSender(sql, wire.kind, { serviceId, id: newId(), ...asked, at: now() }),
    );
    if (added === "no-service") throw noResult();
    return answer(201, wire, settled(added, wire, serviceId, asked.value));
  };
}

/** POST S/sms-sender/{id} */
function change(wire: SenderWire, { ask, now }: SenderRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const key = keyOf(c);
    const asked = await read(c, wire);
    const was = await ask((sql) => findSender(sql, wire.kind, key));
    if (was) assertMayBecome(wire, was, asked.value);
    const changed = await ask((sql) => changeSender(sql, wire.kind, { ...key, ...asked, at: now() }));
    if (changed === null) throw noResult();
    return answer(200, wire, settled(changed, wire, key.serviceId, asked.value));
  };
}

/** POST S/sms-sender/{id}/archive */
function archive(wire: SenderWire, { ask, now }: SenderRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const key = keyOf(c);
    const archived = await ask((sql) => archiveSender(sql, wire.kind, { ...key, at: now() }));
    if (archived === null) throw noResult();
    return answerJson(200, { data: viewSender(wire.kind, settledRemoval(archived, wire)) });
  };
}

async function read(c: Context, { field }: SenderWire): Promise<{ value: string; isDefault: boolean }> {
  const request: Record<string, string | boolean> = readFields(
    senderRequests[field],
    await readBody(c.req.raw),
  );
  return { value: String(request[field]), isDefault: request.is_default === true };
}

/** Throws where it may not become that. What it is already need not be what may be chosen now. */
export function assertMayBecome(wire: SenderWire, was: SenderObject, value: string): void {
  if (was.value !== value && was.inboundNumberId === null) wire.check(value);
}

/** The sender that was taken out of use. Throws where it has to stay. */
export function settledRemoval(
  outcome: SenderObject | "is-number" | "is-default",
  wire: SenderWire,
): SenderObject {
  if (outcome === "is-number") throw new Refusal(400, "You cannot delete an inbound number");
  if (outcome === "is-default") throw new Refusal(400, wire.isDefault);
  return outcome;
}

/** The sender that was added or changed. Throws where it could not be. */
export function settled(
  outcome: SenderObject | "no-default" | "taken" | "is-number" | "protected",
  wire: SenderWire,
  serviceId: string,
  value: string,
): SenderObject {
  switch (outcome) {
    case "no-default":
      throw new Refusal(400, wire.noDefault);
    case "taken":
      throw alreadyReplyTo(value);
    case "protected":
      throw new Refusal(400, {
        sms_sender: [
          `Text message sender ID cannot be ‘${value}’ - this is to protect recipients from phishing scams`,
        ],
      });
    case "is-number":
      throw new Refusal(400, `You can not change the inbound number for service ${serviceId}`);
    default:
      return outcome;
  }
}

function answer(status: number, { kind, inData }: SenderWire, sender: SenderObject): Response {
  const view: Json = viewSender(kind, sender);
  return answerJson(status, inData ? { data: view } : view);
}

function keyOf(c: Context): SenderKey {
  const id = parseUuid(c.req.param("id") ?? "");
  if (id === null) throw noResult();
  return { serviceId: serviceIdOf(c), id };
}
