import type { Context } from "hono";
import { changeAndTell } from "../../../shared/platform/change-service.ts";
import type { ServiceChange } from "../../../shared/service/change.ts";
import type { ServiceObject } from "../../../shared/service/settings.ts";
import type { ApiDeps } from "../../deps.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";

type ChangeDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "forgetService">;

export interface Changing {
  /** The end of the action's name: `service.settings`. */
  action: string;
  was: ServiceObject;
  change: ServiceChange;
}

/** Changes the service of the path, noted with what differs. False where another service has the name. */
export async function changeSettings(
  c: Context<ConsoleEnv>,
  deps: ChangeDeps,
  { action, was, change }: Changing,
): Promise<boolean> {
  const { id } = c.var.service;
  const after: Record<string, unknown> = {};
  const before: Record<string, unknown> = {};
  const wanted = Object.entries({ ...change.settings, permissions: change.permissions });
  const had = new Map<string, unknown>(Object.entries(was));
  for (const [name, value] of wanted) {
    if (value === undefined || JSON.stringify(value) === JSON.stringify(had.get(name))) continue;
    after[name] = value;
    before[name] = had.get(name) ?? null;
  }
  return await audited(c, deps, { action, subject: `service ${id}`, before }, async () => {
    const at = deps.now();
    const changed = await deps.ask((sql, cipher) => changeAndTell(sql, cipher, id, { change, at }));
    if (changed === null) throw notThere();
    if (changed === "taken") return { value: false, refused: true };
    deps.forgetService(id);
    return { value: true, after };
  });
}
