import type { Context } from "hono";
import type { Service } from "../../../shared/service/service.ts";
import type { ApiDeps } from "../../deps.ts";
import { parseUuid } from "../../uuid.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";

export type BatchPageDeps = Pick<
  ApiDeps,
  | "ask"
  | "batchFiles"
  | "emailDomain"
  | "findService"
  | "findTemplate"
  | "letters"
  | "listSendableTemplates"
  | "newId"
  | "now"
>;

export const batchesAt = "/services/:service/batches";

/** Of the service that the page is of. */
export function batchesPath(c: Context<ConsoleEnv>, rest = ""): string {
  return `/console/services/${c.var.service.id}/batches${rest}`;
}

/** The id in the path. Throws where it is none. */
export function idOf(c: Context<ConsoleEnv>): string {
  const id = parseUuid(c.req.param("id") ?? "");
  if (id === null) throw notThere();
  return id;
}

/** The service of the path, with all that sending needs of it. */
export async function serviceOf(
  c: Context<ConsoleEnv>,
  deps: Pick<ApiDeps, "findService">,
): Promise<Service> {
  const service = await deps.findService(c.var.service.id);
  if (!service) throw notThere();
  return service;
}
