import type { Context } from "hono";
import { RequestError } from "../../../shared/errors.ts";
import type { Json, JsonObject } from "../../../shared/json/json.ts";
import { stringifyInOrder } from "../../../shared/json/stringify.ts";
import type { Channel, NewNotification, StoredTemplate } from "../../../shared/notification/notification.ts";
import type { ApiKey, Service } from "../../../shared/service/service.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ApiEnv } from "../../env.ts";
import { readBody } from "../../middleware/read-body.ts";
import { rootUrl } from "../../root.ts";
import { admitOrThrow } from "./admit-or-throw.ts";

/** A send request whose sender is known. */
export interface SendRequest {
  body: Json;
  service: Service;
  apiKey: ApiKey;
  /** Scheme and host for links, with a trailing slash. */
  root: string;
}

/** What a request that may be sent comes to. */
export interface Prepared {
  /** Null: to a simulated recipient, so that nothing is stored. */
  notification: NewNotification | null;
  countsAsInternational: boolean;
  response: JsonObject;
}

/**
 * The way of every send request. `prepare` judges its content and throws a `RequestError` where that is at fault;
 * then it is admitted, once and whatever came of that: refused requests use up the rate limit too, and being over
 * a limit is said before what else is wrong.
 */
export function send(
  { admit, apiHost, log }: ApiDeps,
  channel: Channel,
  prepare: (request: SendRequest) => Promise<Prepared>,
) {
  return async (c: Context<ApiEnv>): Promise<Response> => {
    const service = c.get("service");
    const apiKey = c.get("apiKey");
    let outcome: Prepared | RequestError;
    try {
      const body = await readBody(c.req.raw);
      outcome = await prepare({ body, service, apiKey, root: rootUrl(c, apiHost) });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      outcome = error;
    }
    if (outcome instanceof RequestError) {
      await admitOrThrow(admit, service, apiKey, {
        channel,
        notification: null,
        countsAsInternational: false,
      });
      throw outcome;
    }
    const { notification, countsAsInternational, response } = outcome;
    await admitOrThrow(admit, service, apiKey, { channel, notification, countsAsInternational });
    if (notification)
      log.info({ notificationId: notification.id, serviceId: service.id, channel }, "Notification created");
    return answerJson(201, response);
  };
}

/** What both channels' answers have. Keys stand in the order they are sent in. */
export function describeSent(
  request: SendRequest,
  sent: { id: string; reference: string | undefined; template: StoredTemplate; content: JsonObject },
): JsonObject {
  const { id, reference = null, template, content } = sent;
  const { root, service } = request;
  return {
    content,
    id,
    reference,
    scheduled_for: null,
    template: {
      id: template.id,
      uri: `${root}services/${service.id}/templates/${template.id}`,
      version: template.version,
    },
    uri: `${root}v2/notifications/${id}`,
  };
}

/** As it is stored: in the caller's order, because of two spellings of one key the later counts. */
export function personalisationText(personalisation: JsonObject): string | null {
  return Object.keys(personalisation).length > 0 ? stringifyInOrder(personalisation) : null;
}
