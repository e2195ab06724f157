import type { MiddlewareHandler } from "hono";
import { RequestError } from "../../shared/errors.ts";
import type { ApiKey, Service } from "../../shared/service/service.ts";
import type { ApiDeps } from "../deps.ts";
import type { ApiEnv } from "../env.ts";
import { parseUuid } from "../uuid.ts";
import { checkClaims, decodeToken } from "./token.ts";
import { createVerifiedTokens, type KnownToken } from "./verified-tokens.ts";

const undecodable =
  "Invalid token: make sure your API token matches the example at https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header";
const wrongClock = "Error: Your system clock must be accurate to within 30 seconds";

/**
 * Finds out which service calls, by a JWT signed with one of its API keys. The order of the checks is Notify's
 * (`spec/public-api.md` 2.2).
 */
export function authenticate({
  findService,
  now,
}: Pick<ApiDeps, "findService" | "now">): MiddlewareHandler<ApiEnv> {
  const tokens = createVerifiedTokens();

  async function signerOf(token: KnownToken, { apiKeys }: Service): Promise<ApiKey> {
    for (const apiKey of apiKeys) {
      if (!(await tokens.isSignedWith(token, apiKey.secret))) continue;
      const fault = checkClaims(token.claims, now());
      if (fault === "undecodable") continue;
      if (fault === "clock") throw forbidden(wrongClock);
      if (fault === "forbidden") throw forbidden(undecodable);
      if (apiKey.revokedAt !== null) throw forbidden("Invalid token: API key revoked");
      return apiKey;
    }
    throw forbidden("Invalid token: API key not found");
  }

  return async (c, next) => {
    const text = bearerToken(c.req.raw.headers.get("Authorization"));
    const token = tokens.recall(text) ?? readToken(text);
    const service = await findService(token.serviceId);
    if (!service) throw forbidden("Invalid token: service not found");
    if (service.apiKeys.length === 0) throw forbidden("Invalid token: service has no API keys");
    if (!service.active) throw forbidden("Invalid token: service is archived");
    if (token.algorithm !== "HS256") throw forbidden("Invalid token: algorithm used is not HS256");
    c.set("apiKey", await signerOf(token, service));
    c.set("service", service);
    await next();
  };
}

function bearerToken(header: string | null): string {
  if (!header) throw unauthorized("Unauthorized: authentication token must be provided");
  if (header.slice(0, 7).toLowerCase() !== "bearer ") {
    throw unauthorized("Unauthorized: authentication bearer scheme must be used");
  }
  return header.slice(7);
}

function readToken(text: string): KnownToken {
  const token = decodeToken(text);
  if (!token) throw forbidden(undecodable);
  if (!("iss" in token.claims)) throw forbidden("Invalid token: iss field not provided");
  const { iss } = token.claims;
  const serviceId = typeof iss === "string" ? parseUuid(iss) : null;
  if (serviceId === null) throw forbidden("Invalid token: service id is not the right data type");
  return { ...token, serviceId, signedWith: null };
}

function unauthorized(message: string): RequestError {
  return new RequestError(401, [{ error: "AuthError", message }]);
}

function forbidden(message: string): RequestError {
  return new RequestError(403, [{ error: "AuthError", message }]);
}
