import type { RequestError } from "../shared/errors.ts";
import type { Json } from "../shared/json/json.ts";
import { stringifyJson } from "../shared/json/stringify.ts";

const jsonHeaders = { "Content-Type": "application/json" };

export function answerJson(status: number, value: Json): Response {
  return answerText(status, writeJson(value));
}

/** JSON as Flask writes it: sorted keys, ASCII only, a newline at the end. */
export function writeJson(value: Json): string {
  return `${stringifyJson(value)}\n`;
}

/** What is JSON already. */
export function answerText(status: number, text: string): Response {
  return new Response(text, { status, headers: jsonHeaders });
}

/** The body of every error below `/v2`. */
export function answerError({ status, errors }: Pick<RequestError, "status" | "errors">): Response {
  return answerJson(status, {
    errors: errors.map(({ error, message, facts }) => ({ ...facts, error, message })),
    status_code: status,
  });
}

const notFoundMessage =
  "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.";

/** For a path that no one has. */
export function notFound(): Response {
  return answerJson(404, { message: notFoundMessage, result: "error" });
}
