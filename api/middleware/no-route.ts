import type { Context, MiddlewareHandler } from "hono";
import { TrieRouter } from "hono/router/trie-router";
import type { RouterRoute } from "hono/types";
import { answerJson, notFound } from "../answer.ts";
import type { ApiEnv } from "../env.ts";

/**
 * Answers what no route took. Hono tells apart neither a path that nobody has (404) nor a method that this path
 * has not (405), so the app's own routes are asked once more.
 */
export function answerNoRoute(routes: readonly RouterRoute[], authenticate: MiddlewareHandler<ApiEnv>) {
  const methods = new TrieRouter<string>();
  for (const { method, path } of routes) {
    if (method !== "ALL") methods.add("ALL", path, method);
  }

  return async (c: Context<ApiEnv>): Promise<Response> => {
    const known = methods.match("GET", c.req.path)[0].map(([method]) => method);
    if (known.length === 0) return notFound();
    const allow = allowed(known);
    if (c.req.method === "OPTIONS") {
      // Throws where the caller may not ask.
      if (c.req.path.startsWith("/v2/")) await authenticate(c, async () => {});
      return c.body("", 200, { Allow: allow, "Content-Type": "text/html; charset=utf-8" });
    }
    const message = "The method is not allowed for the requested URL.";
    const refusal = answerJson(405, { message, result: "error" });
    refusal.headers.set("Allow", allow);
    refusal.headers.set("Content-Type", "text/html; charset=utf-8");
    return refusal;
  };
}

function allowed(methods: readonly string[]): string {
  const all = new Set([...methods, "OPTIONS"]);
  if (all.has("GET")) all.add("HEAD");
  return [...all].sort().join(", ");
}
