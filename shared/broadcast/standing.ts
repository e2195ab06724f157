import type { Db } from "../database.ts";
import type { BroadcastStatus } from "./broadcast.ts";

/** What a person is to a service, and what they may do in it. */
export interface Standing {
  userId: string;
  isMember: boolean;
  /** Of the whole installation. */
  isPlatformAdmin: boolean;
  permissions: ReadonlySet<string>;
}

/** Null where there is no such person, or they may not sign in. */
export async function findStanding(db: Db, userId: string, serviceId: string): Promise<Standing | null> {
  const [row] = await db<{ isMember: boolean; isPlatformAdmin: boolean; permissions: string[] }[]>`
    select exists (select from user_to_service m where m.user_id = u.id and m.service_id = ${serviceId}) as "isMember",
      u.platform_admin as "isPlatformAdmin",
      array(select p.permission from permissions p where p.user_id = u.id and p.service_id = ${serviceId}) as permissions
    from users u where u.id = ${userId} and u.state = 'active'`;
  return row ? { userId, ...row, permissions: new Set(row.permissions) } : null;
}

/** What one must have one of, to bring an alert into a status. */
const needed: Readonly<Partial<Record<BroadcastStatus, readonly string[]>>> = {
  draft: ["create_broadcasts"],
  "pending-approval": ["create_broadcasts"],
  rejected: ["reject_broadcasts", "approve_broadcasts", "create_broadcasts"],
  broadcasting: ["approve_broadcasts"],
  completed: ["cancel_broadcasts", "approve_broadcasts"],
  cancelled: ["cancel_broadcasts"],
};

export function mayBring({ permissions }: Standing, to: BroadcastStatus): boolean {
  return (needed[to] ?? []).some((permission) => permissions.has(permission));
}

export function mayCreate({ isMember, permissions }: Standing): boolean {
  return isMember && permissions.has("create_broadcasts");
}
