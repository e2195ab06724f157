import type { MiddlewareHandler } from "hono";

const fixedHeaders = Object.entries({
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "Content-Type,Authorization",
  "Access-Control-Allow-Methods": "GET,PUT,POST,DELETE",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "SAMEORIGIN",
  "X-Permitted-Cross-Domain-Policies": "none",
  "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
  "Cache-Control": "no-store, no-cache, private, must-revalidate",
});

/** Notify's headers for every response, and the request's trace ids or new ones. */
export const responseHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  const asked = c.req.raw.headers;
  const { headers } = c.res;
  const own = headers.get("Cache-Control");
  for (const [name, value] of fixedHeaders) headers.set(name, value);
  // As Notify's, a file's is a second one.
  if (own !== null) headers.append("Cache-Control", own);
  const traceId = asked.get("X-B3-TraceId") || asked.get("X-Amz-Cf-Id") || asked.get("X-Amzn-Trace-Id");
  headers.set("X-B3-TraceId", traceId || randomHex() + randomHex());
  headers.set("X-B3-SpanId", asked.get("X-B3-SpanId") || `self-${randomHex()}`);
};

/** Sixteen digits. */
function randomHex(): string {
  // The version digit of a UUID stands at 14 and its variant at 19: the ends are random throughout.
  const uuid = crypto.randomUUID();
  return uuid.slice(0, 8) + uuid.slice(-8);
}
