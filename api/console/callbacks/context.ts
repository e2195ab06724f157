import type { Context } from "hono";
import { type CallbackConfig, type CallbackKey, listCallbacks } from "../../../shared/callback/queries.ts";
import type { CallbackType } from "../../../shared/service/callback-types.ts";
import type { ApiDeps } from "../../deps.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { typeIn } from "./types.ts";

export type CallbackDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "callbacks" | "callbackAttempts">;

export function rootOf(c: Context<ConsoleEnv>): string {
  return `/console/services/${c.var.service.id}/callbacks`;
}

/** Who changes a callback, and when. */
export function byWhom(c: Context<ConsoleEnv>, { now }: Pick<CallbackDeps, "now">) {
  return { updatedById: c.var.user.id, at: now() };
}

/** The service's callback of a type; null where none is set. */
export async function findConfig(
  c: Context<ConsoleEnv>,
  { ask }: Pick<CallbackDeps, "ask">,
  type: CallbackType,
): Promise<CallbackConfig | null> {
  const all = await ask((sql) => listCallbacks(sql, c.var.service.id));
  return all.find((config) => config.type === type) ?? null;
}

export interface FoundCallback {
  type: CallbackType;
  config: CallbackConfig;
  key: CallbackKey;
  path: string;
  /** For the audit. */
  subject: string;
}

/** The callback that the path names. Throws where none is set. */
export async function getCallback(
  c: Context<ConsoleEnv>,
  deps: Pick<CallbackDeps, "ask">,
): Promise<FoundCallback> {
  const type = typeIn(c.req.param("type"));
  const config = await findConfig(c, deps, type);
  if (!config) throw notThere();
  const key = { serviceId: c.var.service.id, id: config.id, type };
  return { type, config, key, path: `${rootOf(c)}/${type}`, subject: `callback ${config.id} (${type})` };
}
