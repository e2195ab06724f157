import type { Context } from "hono";
import type { BroadcastStatus } from "../../../shared/broadcast/broadcast.ts";
import { mayBring, type Standing } from "../../../shared/broadcast/standing.ts";
import type { ConsoleEnv } from "../env.ts";

/** What the person who looks is to the page's service. */
export function standingOf(c: Context<ConsoleEnv>): Standing {
  const { user, service } = c.var;
  const membership = user.memberships.find(({ serviceId }) => serviceId === service.id);
  return {
    userId: user.id,
    isMember: membership !== undefined,
    isPlatformAdmin: user.isOperator,
    permissions: new Set(membership?.permissions),
  };
}

/** Whether a form for it is worth showing; what is decided is decided by `shared/broadcast/change-status.ts`. */
export function mayMove(standing: Standing, to: BroadcastStatus): boolean {
  return mayBring(standing, to) || (standing.isPlatformAdmin && to === "cancelled");
}
