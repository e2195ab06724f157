import type { Context } from "hono";
import type { Broadcast } from "../../../shared/broadcast/broadcast.ts";
import type { ApiDeps } from "../../deps.ts";
import { parseUuid } from "../../uuid.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";

export type BroadcastPageDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "broadcasts">;

/** A page of the alerts of the path's service. */
export function alertsPath(c: Context<ConsoleEnv>, rest = ""): string {
  return `/console/services/${c.var.service.id}/broadcasts${rest}`;
}

/** The alert that the path names, of its service. Throws where it has none such. */
export async function getAlert(
  c: Context<ConsoleEnv>,
  { broadcasts }: Pick<ApiDeps, "broadcasts">,
): Promise<Broadcast> {
  const id = parseUuid(c.req.param("id") ?? "");
  const found = id === null ? null : await broadcasts.find(c.var.service.id, id);
  if (!found) throw notThere();
  return found;
}
