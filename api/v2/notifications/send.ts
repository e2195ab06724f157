import type { Context } from "hono";
import { RequestError } from "../../../shared/errors.ts";
import type { Json, JsonObject } from "../../../shared/json/json.ts";
import { stringifyInOrder } from "../../../shared/json/stringify.ts";
import type { Idempotency, KeptDocument } from "../../../shared/notification/admission.ts";
import type { Channel, NewNotification, StoredTemplate } from "../../../shared/notification/notification.ts";
import type { ApiKey, Service } from "../../../shared/service/service.ts";
import { answerText, writeJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ApiEnv } from "../../env.ts";
import { parseBody, readBytes } from "../../middleware/read-body.ts";
import { refuseIfTimedOut } from "../../middleware/time-out.ts";
import { rootUrl } from "../../root.ts";
import { admitOrThrow } from "./admit-or-throw.ts";
import { answerAgain, answerInFlight, readIdempotency } from "./idempotency-key.ts";

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
  /** Files that are stored already: kept once the notification is stored too. */
  documents?: readonly KeptDocument[];
  response: JsonObject;
}

/** What is wrong with a request that Notify finds only after its international limit has let it pass. */
export interface RefusedLate {
  refusal: RequestError;
  countsAsInternational: boolean;
}

/** What a request takes of its service's bucket; Notify looks at some twice. */
export type TokensOf = (body: Json) => 1 | 2;

interface Received {
  body: Uint8Array;
  idempotency: Idempotency | null;
}

/**
 * The way of every send request. `prepare` judges its content and throws a `RequestError` where that is at fault;
 * then it is admitted, once and whatever came of that: refused requests use up the rate limit too, and being over
 * a limit is said before what else is wrong. So is what its `Idempotency-Key` makes of it.
 */
export function send(
  { admit, apiHost, log }: ApiDeps,
  channel: Channel,
  prepare: (request: SendRequest) => Promise<Prepared | RefusedLate>,
  tokensOf: TokensOf = () => 1,
) {
  /** Keys of requests that this process has not answered yet; between processes the database decides. */
  const inFlight = new Set<string>();

  async function answer(c: Context<ApiEnv>, { body, idempotency }: Received): Promise<Response> {
    const service = c.get("service");
    const apiKey = c.get("apiKey");
    let tokens: 1 | 2 = 1;
    let prepared: Prepared | RefusedLate;
    try {
      const parsed = parseBody(body);
      tokens = tokensOf(parsed);
      prepared = await prepare({ body: parsed, service, apiKey, root: rootUrl(c, apiHost) });
    } catch (error) {
      return await refuse(c, error, { idempotency, tokens });
    }
    const { countsAsInternational } = prepared;
    if ("refusal" in prepared)
      return await refuse(c, prepared.refusal, { idempotency, countsAsInternational, tokens });
    const { notification, documents = [] } = prepared;
    const response = writeJson(prepared.response);
    refuseIfTimedOut(c);
    const before = await admitOrThrow(admit, service, apiKey, {
      channel,
      notification,
      countsAsInternational,
      tokens,
      documents,
      idempotency: idempotency && { ...idempotency, response },
    });
    if (before !== null) return answerAgain(before);
    if (notification)
      log.info({ notificationId: notification.id, serviceId: service.id, channel }, "Notification created");
    return answerText(201, response);
  }

  /** Throws what is wrong with the request, after counting it, unless it was accepted before. */
  async function refuse(
    c: Context<ApiEnv>,
    error: unknown,
    {
      idempotency,
      countsAsInternational = false,
      tokens = 1,
    }: { idempotency: Idempotency | null; countsAsInternational?: boolean; tokens?: 1 | 2 },
  ): Promise<Response> {
    if (!(error instanceof RequestError)) throw error;
    const before = await admitOrThrow(admit, c.get("service"), c.get("apiKey"), {
      channel,
      notification: null,
      countsAsInternational,
      tokens,
      idempotency,
    });
    if (before !== null) return answerAgain(before);
    throw error;
  }

  return async (c: Context<ApiEnv>): Promise<Response> => {
    let received: Received;
    try {
      const body = await readBytes(c.req.raw);
      received = { body, idempotency: await readIdempotency(c.req, body) };
    } catch (error) {
      return await refuse(c, error, { idempotency: null });
    }
    if (received.idempotency === null) return await answer(c, received);

    const name = `${c.get("service").id} ${c.get("apiKey").type} ${received.idempotency.key}`;
    if (inFlight.has(name)) {
      await admitOrThrow(admit, c.get("service"), c.get("apiKey"), {
        // No daily limit stands between a request and its first answer.
        channel: null,
        notification: null,
        countsAsInternational: false,
      });
      return answerInFlight();
    }
    inFlight.add(name);
    try {
      return await answer(c, received);
    } finally {
      inFlight.delete(name);
    }
  };
}

/** What the answers to all but precompiled letters have. Keys stand in the order they are sent in. */
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
