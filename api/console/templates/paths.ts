import type { Context } from "hono";
import { parseUuid } from "../../uuid.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";

/** Where a service's templates are. */
export function rootOf(c: Context<ConsoleEnv>): string {
  return `/console/services/${c.var.service.id}/templates`;
}

/** An id of the path. Throws for what is none. */
export function idIn(c: Context<ConsoleEnv>, name: string): string {
  const id = parseUuid(c.req.param(name) ?? "");
  if (id === null) throw notThere();
  return id;
}
