import { createApp } from "../../api/app.ts";
import { base, bearer, type World } from "./deps.ts";

/** Sends a request as a service's client does. A text is sent as it is. */
export async function post(world: World, path: string, body: unknown): Promise<Response> {
  return await createApp(world).request(`${base}/v2/notifications/${path}`, {
    method: "POST",
    headers: await bearer(),
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

export function faults(status: number, error: string, ...messages: string[]) {
  return { errors: messages.map((message) => ({ error, message })), status_code: status };
}

export const invalid = (...messages: string[]) => faults(400, "ValidationError", ...messages);
export const badRequest = (message: string) => faults(400, "BadRequestError", message);
