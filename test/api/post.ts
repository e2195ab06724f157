import { createApp } from "../../api/app.ts";
import { base, bearer, type World } from "./deps.ts";

/** Sends a request as a service's client does. Text and bytes are sent as they are. */
export async function post(world: World, path: string, body: unknown): Promise<Response> {
  return await createApp(world).request(`${base}/v2/notifications/${path}`, {
    method: "POST",
    headers: await bearer(),
    body: typeof body === "string" || body instanceof Blob ? body : JSON.stringify(body),
  });
}

export function faults(status: number, error: string, ...messages: string[]) {
  return { errors: messages.map((message) => ({ error, message })), status_code: status };
}

export const invalid = (...messages: string[]) => faults(400, "ValidationError", ...messages);
export const badRequest = (message: string) => faults(400, "BadRequestError", message);
