import type { MiddlewareHandler } from "hono";
import { compactVerify, errors } from "jose";
import { checkClaims, decodeToken, type Token } from "../middleware/token.ts";
import { Refusal } from "./refusal.ts";

/** A program of the operators', and what it may sign with: two secrets while one takes the other's place. */
export interface InternalClient {
  id: string;
  secrets: readonly string[];
}

const undecodable =
  "Invalid token: make sure your API token matches the example at https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header";

/**
 * Lets in who has a JWT that one of the client's secrets signed, with the client's name as `iss`. The order of the
 * checks is Notify's (`spec/public-api.md` 2.4, `spec/admin-api.md` 1). Without secrets nobody is let in.
 */
export function authenticateClient({ id, secrets }: InternalClient, now: () => Date): MiddlewareHandler {
  async function check(token: Token): Promise<void> {
    for (const secret of secrets) {
      if (token.algorithm !== "HS256") throw forbidden("Invalid token: algorithm used is not HS256");
      if (!(await isSignedWith(token, secret))) continue;
      const fault = checkClaims(token.claims, now());
      if (fault === null) return;
      if (fault === "clock")
        throw forbidden("Error: Your system clock must be accurate to within 30 seconds");
      if (fault === "forbidden") throw forbidden(undecodable);
    }
    throw forbidden("Invalid token: API key not found");
  }

  return async (c, next) => {
    const token = readToken(c.req.raw.headers.get("Authorization"));
    if (token.claims.iss !== id) throw unauthorized("Unauthorized: not allowed to perform this action");
    await check(token);
    await next();
  };
}

function readToken(header: string | null): Token {
  if (!header) throw unauthorized("Unauthorized: authentication token must be provided");
  if (header.slice(0, 7).toLowerCase() !== "bearer ") {
    throw unauthorized("Unauthorized: authentication bearer scheme must be used");
  }
  const token = decodeToken(header.slice(7));
  if (!token) throw forbidden(undecodable);
  if (!("iss" in token.claims)) throw forbidden("Invalid token: iss field not provided");
  return token;
}

async function isSignedWith({ text }: Token, secret: string): Promise<boolean> {
  try {
    await compactVerify(text, new TextEncoder().encode(secret), { algorithms: ["HS256"] });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError) return false;
    throw error;
  }
}

function unauthorized(message: string): Refusal {
  return new Refusal(401, message, { isOfToken: true });
}

function forbidden(message: string): Refusal {
  return new Refusal(403, message, { isOfToken: true });
}
