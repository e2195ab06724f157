import type { Json } from "../../shared/json/json.ts";
import { parseBody, readBytes } from "../middleware/read-body.ts";

/** The request's JSON; an empty object where it has no body, as a request may that need say nothing. */
export async function readOptionalBody(request: Request): Promise<Json> {
  const bytes = await readBytes(request);
  return bytes.length === 0 ? {} : parseBody(bytes);
}
