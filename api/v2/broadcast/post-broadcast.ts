import type { Context } from "hono";
import { isCapAlert } from "../../../shared/broadcast/cap.ts";
import { type CapRequest, readCap } from "../../../shared/broadcast/cap-request.ts";
import { parseXml, type XmlElement, XmlError } from "../../../shared/broadcast/xml.ts";
import { badRequest, RequestError } from "../../../shared/errors.ts";
import type { Log } from "../../../shared/log.ts";
import { answerJson } from "../../answer.ts";
import type { ApiEnv } from "../../env.ts";
import type { BroadcastDesk } from "../../internal/broadcasts/desk.ts";
import { viewBroadcast } from "../../internal/broadcasts/view-broadcast.ts";
import { readBytes } from "../../middleware/read-body.ts";
import { validationError } from "../schema/faults.ts";

interface Deps {
  broadcasts: BroadcastDesk;
  now: () => Date;
  newId: () => string;
  log: Log;
}

/** POST /v2/broadcast: a service's own program asks in CAP 1.2 for an alert, or to call one off. */
export function postBroadcast(deps: Deps) {
  return async (c: Context<ApiEnv>): Promise<Response> => {
    const { service } = c.var;
    if (!service.permissions.has("broadcast")) {
      throw badRequest("Service is not allowed to send broadcast messages");
    }
    checkContentType(c.req.raw.headers.get("Content-Type"));
    const read = readCap(capIn(await readBytes(c.req.raw)));
    if (!read.ok) throw validationError(read.faults);
    return read.request.type === "cancel"
      ? await cancel(c, read.request, deps)
      : await add(c, read.request, deps);
  };
}

function checkContentType(type: string | null): void {
  const [media = "", ...parameters] = (type ?? "").split(";").map((one) => one.trim().toLowerCase());
  const isRead =
    media === "application/cap+xml" &&
    parameters.every((one) => one === "" || /^charset="?(utf-8|us-ascii)"?$/.test(one));
  if (isRead) return;
  const message = `Content type ${type ?? "None"} not supported`;
  throw new RequestError(415, [{ error: "BadRequestError", message }]);
}

function capIn(bytes: Uint8Array): XmlElement {
  const notCap = badRequest("Request data is not valid CAP XML");
  try {
    const root = parseXml(bytes);
    if (isCapAlert(root)) return root;
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
  }
  throw notCap;
}

async function add(
  c: Context<ApiEnv>,
  { reference, capEvent, content, areas }: CapRequest & { type: "alert" },
  { broadcasts, now, newId, log }: Deps,
): Promise<Response> {
  const { service, apiKey } = c.var;
  const id = newId();
  const stored = await broadcasts.add({
    id,
    serviceId: service.id,
    template: null,
    content,
    areas,
    startsAt: null,
    finishesAt: null,
    reference,
    capEvent,
    status: "pending-approval",
    createdBy: { apiKeyId: apiKey.id },
    at: now(),
  });
  // Not which: it is theirs to know.
  if (stored === "taken") throw badRequest("An alert with this identifier already exists");
  const broadcast = await broadcasts.find(service.id, id);
  if (!broadcast) throw new Error(`Cannot read broadcast ${id} back`);
  log.info({ broadcastId: id, serviceId: service.id }, "Broadcast message created");
  return answerJson(201, viewBroadcast(broadcast));
}

async function cancel(
  c: Context<ApiEnv>,
  { references }: CapRequest & { type: "cancel" },
  { broadcasts, now }: Deps,
): Promise<Response> {
  if (references.length === 0) throw badRequest("Missing <references>");
  const { service, apiKey } = c.var;
  const cancelled = await broadcasts.cancelByReference({
    serviceId: service.id,
    references,
    apiKeyId: apiKey.id,
    at: now(),
  });
  switch (cancelled.outcome) {
    case "changed":
      return answerJson(201, viewBroadcast(cancelled.broadcast));
    case "several":
      throw badRequest("Multiple alerts found - unclear which one to cancel");
    case "unknown":
      throw new RequestError(404, [{ error: "NoResultFound", message: "No result found" }]);
    case "suspended":
    case "refused":
      throw new Error("Cannot cancel: only a person is refused");
  }
}
