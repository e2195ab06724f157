import type { Db, Pool } from "../database.ts";
import { columns, type User } from "./users.ts";

/** A person of a service, and what they may do in it. */
export interface Member extends User {
  permissions: string[];
}

/** The people of a service, by name. What they may do elsewhere is not its business. */
export async function listMembers(db: Db, serviceId: string): Promise<Member[]> {
  return await db<Member[]>`
    select ${columns(db)},
      array(select p.permission from permissions p where p.user_id = u.id and p.service_id = m.service_id
        order by 1) as permissions
    from user_to_service m join users u on u.id = m.user_id
    where m.service_id = ${serviceId} order by u.name, u.id`;
}

/** Makes a person one of a service's, with these rights. `none`: there is no such service or person. */
export async function addMember(
  sql: Pool,
  { serviceId, userId, permissions }: { serviceId: string; userId: string; permissions: readonly string[] },
): Promise<"added" | "already" | "none"> {
  return await sql.begin(async (tx) => {
    const both = await tx`
      select from services s, users u where s.id = ${serviceId} and u.id = ${userId} for key share`;
    if (both.length === 0) return "none";
    const added = await tx`
      insert into user_to_service (user_id, service_id) values (${userId}, ${serviceId})
      on conflict do nothing returning user_id`;
    if (added.length === 0) return "already";
    await tx`
      insert into permissions (service_id, user_id, permission)
      select ${serviceId}, ${userId}, unnest(${[...permissions]}::text[])
      on conflict do nothing`;
    return "added";
  });
}

/** Parts a person from a service. `last`: it would have no active one left. `none`: they are none of its. */
export async function removeMember(
  sql: Pool,
  { serviceId, userId }: { serviceId: string; userId: string },
): Promise<"removed" | "last" | "none"> {
  return await sql.begin(async (tx) => {
    // Two who leave at once would each count on the other.
    await tx`select from services where id = ${serviceId} for no key update`;
    const [counted] = await tx<{ isMember: boolean; others: number }[]>`
      select coalesce(bool_or(u.id = ${userId}), false) as "isMember",
        (count(*) filter (where u.id <> ${userId} and u.state = 'active'))::int as others
      from user_to_service m join users u on u.id = m.user_id where m.service_id = ${serviceId}`;
    if (!counted?.isMember) return "none";
    if (counted.others === 0) return "last";
    await tx`delete from permissions where service_id = ${serviceId} and user_id = ${userId}`;
    await tx`delete from user_to_service where service_id = ${serviceId} and user_id = ${userId}`;
    return "removed";
  });
}

/**
 * Gives a member these rights in place of those there are. `none`: they are no member; `last`: nobody active would be
 * left who may change the service's settings.
 */
export async function setMemberPermissions(
  sql: Pool,
  { serviceId, userId, permissions }: { serviceId: string; userId: string; permissions: readonly string[] },
): Promise<"changed" | "last" | "none"> {
  return await sql.begin(async (tx) => {
    await tx`select from services where id = ${serviceId} for no key update`;
    const members = await tx`
      select from user_to_service where service_id = ${serviceId} and user_id = ${userId}`;
    if (members.length === 0) return "none";
    if (!permissions.includes("manage_settings") && (await isLastManager(tx, serviceId, userId)))
      return "last";
    await tx`delete from permissions where service_id = ${serviceId} and user_id = ${userId}`;
    await tx`
      insert into permissions (service_id, user_id, permission)
      select ${serviceId}, ${userId}, unnest(${[...permissions]}::text[])`;
    return "changed";
  });
}

/** Whether this person may change the service's settings and no other active one may. */
export async function isLastManager(db: Db, serviceId: string, userId: string): Promise<boolean> {
  const managers = await db<{ userId: string }[]>`
    select p.user_id as "userId" from permissions p join users u on u.id = p.user_id
    where p.service_id = ${serviceId} and p.permission = 'manage_settings' and u.state = 'active'`;
  return managers.length === 1 && managers[0]?.userId === userId;
}
