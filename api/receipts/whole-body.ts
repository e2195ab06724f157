import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";

/**
 * Reads the body before its route does: 413 where it is larger than `maxBytes`. A client that goes away before the
 * body is whole is its own fault: it gets a 400 that it does not hear, and the log no error.
 */
export function wholeBody(maxBytes: number): MiddlewareHandler {
  const tooLarge = { result: "error", message: `The body cannot be larger than ${maxBytes} bytes` };
  const limit = bodyLimit({ maxSize: maxBytes, onError: (c) => c.json(tooLarge, 413) });

  return async (c, next) => {
    try {
      // Hono keeps the text for the route.
      const refusal = await limit(c, async () => void (await c.req.text()));
      if (refusal) return refusal;
    } catch {
      return c.json({ result: "error", message: "The body was cut off" }, 400);
    }
    return next();
  };
}
