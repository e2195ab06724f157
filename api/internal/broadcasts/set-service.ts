import type { Context } from "hono";
import * as v from "valibot";
import { broadcastChannels, networks } from "../../../shared/broadcast/broadcast.ts";
import type { BroadcastService } from "../../../shared/broadcast/settings.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { notOneOf } from "../../v2/schema/words.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult } from "../refusal.ts";
import type { BroadcastRouteDeps } from "./desk.ts";

const modes = ["training", "live"] as const;
const providers = ["all", ...networks] as const;

const Request = v.object({
  broadcast_channel: v.picklist(broadcastChannels, notOneOf([...broadcastChannels])),
  service_mode: v.picklist(modes, notOneOf([...modes])),
  provider_restriction: v.picklist(providers, notOneOf([...providers])),
});

/** POST /service/{id}/set-as-broadcast-service: from then on it sends alerts and nothing else. */
export function setAsBroadcastService({ broadcasts, now }: BroadcastRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const request = readFields(Request, await readBody(c.req.raw));
    const service = await broadcasts.setService({
      serviceId,
      mode: request.service_mode,
      channel: request.broadcast_channel,
      provider: request.provider_restriction,
      at: now(),
    });
    if (!service) throw noResult();
    return answerJson(200, { data: viewService(service) });
  };
}

function viewService(service: BroadcastService): JsonObject {
  return {
    id: service.id,
    name: service.name,
    active: service.active,
    restricted: service.restricted,
    count_as_live: service.countAsLive,
    go_live_at: service.goLiveAt && toTimestamp(service.goLiveAt),
    organisation: service.organisationId,
    permissions: service.permissions,
    broadcast_channel: service.channel,
    allowed_broadcast_provider: service.provider,
  };
}
