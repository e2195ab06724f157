import { RequestError } from "../../../shared/errors.ts";
import type { Admission, Admit, Idempotency, KeptDocument } from "../../../shared/notification/admission.ts";
import type { Channel, NewNotification } from "../../../shared/notification/notification.ts";
import type { ApiKey, KeyType, Service } from "../../../shared/service/service.ts";
import { keyOfAnother } from "./idempotency-key.ts";

interface Asked {
  /** Null: none we have, so that no daily limit applies. */
  channel: Channel | null;
  notification: NewNotification | null;
  countsAsInternational: boolean;
  tokens?: 1 | 2;
  documents?: readonly KeptDocument[];
  idempotency?: Idempotency | null;
}

/** A live service's usual limits. Test keys of a service in trial mode have these, and never use them up. */
const liveLimits = { sms: 250_000, email: 250_000, letter: 20_000, internationalSms: 100 };

/**
 * Counts a send request and stores what it asked for; throws Notify's 429 where it is over a limit, and a 422 where its
 * `Idempotency-Key` was another request's. Answers the body that was answered to the same request before, or null.
 */
export async function admitOrThrow(
  admit: Admit,
  service: Service,
  apiKey: ApiKey,
  asked: Asked,
): Promise<string | null> {
  const keyType = apiKey.type;
  const limits = keyType === "test" && service.restricted ? liveLimits : service.dailyLimits;
  const admission: Admission = {
    serviceId: service.id,
    keyType,
    channel: asked.channel ?? "sms",
    rateLimit: service.rateLimit,
    dailyLimit: asked.channel === null ? Number.MAX_SAFE_INTEGER : limits[asked.channel],
    internationalLimit: limits.internationalSms,
    notification: asked.notification,
    countsAsInternational: asked.countsAsInternational,
    tokens: asked.tokens ?? 1,
    documents: asked.documents ?? [],
    idempotency: asked.idempotency ?? null,
  };
  const refusal = await admit(admission);
  switch (refusal) {
    case null:
      return null;
    case "rate":
      throw rateLimited(keyType, service.rateLimit);
    case "daily":
      throw overDailyLimit(admission.channel, admission.dailyLimit);
    case "international":
      throw overDailyLimit("international_sms", admission.internationalLimit);
    case "other":
      throw keyOfAnother();
    default:
      return refusal.response;
  }
}

const keyNames: Readonly<Record<KeyType, string>> = { normal: "LIVE", team: "TEAM", test: "TEST" };

function rateLimited(keyType: KeyType, rateLimit: number): RequestError {
  const message = `Exceeded rate limit for key type ${keyNames[keyType]} of ${rateLimit} requests per 60 seconds`;
  return new RequestError(429, [{ error: "RateLimitError", message }]);
}

function overDailyLimit(kind: string, limit: number): RequestError {
  const message = `Exceeded send limits (${kind}: ${limit}) for today`;
  return new RequestError(429, [{ error: "TooManyRequestsError", message }]);
}
