import type { Context } from "hono";
import { describeApi } from "./document.ts";

/** GET /openapi.json: what this API takes and answers, as OpenAPI 3.1. Made when it is first asked for. */
export function showDocument() {
  let text: string | undefined;
  return (_c: Context): Response => {
    text ??= JSON.stringify(describeApi());
    return new Response(text, { headers: { "Content-Type": "application/json" } });
  };
}
