import type { Db } from "../database.ts";

/** Who is signed in, as of this request. */
export interface SignedIn {
  id: string;
  name: string;
  emailAddress: string;
  /** May see and do everything, in every service. */
  isOperator: boolean;
  /** The services this person is one of, and what they may do there. */
  memberships: Membership[];
}

export interface Membership {
  serviceId: string;
  serviceName: string;
  permissions: string[];
}

/** How long a session lives unused, and at most. */
export interface SessionLife {
  idleMs: number;
  longestMs: number;
}

/** What a browser's session is kept by; the token itself is never stored. */
export async function hashToken(token: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)));
}

export async function storeSession(
  db: Db,
  { tokenHash, userId, at }: { tokenHash: Uint8Array; userId: string; at: Date },
): Promise<void> {
  await db`
    insert into sessions (token_hash, user_id, created_at, seen_at) values (${tokenHash}, ${userId}, ${at}, ${at})`;
}

/**
 * Who a session is of; null where there is none, it has ended, or its person may no longer sign in. Where it `isUse`, notes
 * that it was used, once a minute at most, so that reading pages writes little.
 */
export async function findSession(
  db: Db,
  { tokenHash, at, life, isUse }: { tokenHash: Uint8Array; at: Date; life: SessionLife; isUse: boolean },
): Promise<SignedIn | null> {
  const unusedSince = new Date(at.getTime() - life.idleMs);
  const createdSince = new Date(at.getTime() - life.longestMs);
  const [found] = await db<(SignedIn & { seenAt: Date })[]>`
    select u.id, u.name, u.email_address as "emailAddress", u.platform_admin as "isOperator", s.seen_at as "seenAt",
      coalesce((
        select json_agg(json_build_object('serviceId', v.id, 'serviceName', v.name, 'permissions', array(
            select p.permission from permissions p where p.user_id = u.id and p.service_id = v.id order by 1))
          order by v.name, v.id)
        from user_to_service m join services v on v.id = m.service_id where m.user_id = u.id), '[]') as memberships
    from sessions s join users u on u.id = s.user_id
    where s.token_hash = ${tokenHash} and s.seen_at > ${unusedSince} and s.created_at > ${createdSince}
      and u.state = 'active'`;
  if (!found) return null;
  const { seenAt, ...user } = found;
  if (isUse && at.getTime() - seenAt.getTime() >= 60_000) {
    await db`update sessions set seen_at = ${at} where token_hash = ${tokenHash} and seen_at < ${at}`;
  }
  return user;
}

export async function endSession(db: Db, tokenHash: Uint8Array): Promise<void> {
  await db`delete from sessions where token_hash = ${tokenHash}`;
}

/** Signs a person out everywhere. Answers how many sessions that ended. */
export async function endSessionsOf(db: Db, userId: string): Promise<number> {
  return (await db`delete from sessions where user_id = ${userId} returning token_hash`).length;
}

/** Removes sessions nobody can use any more. Answers how many. */
export async function deleteOldSessions(
  db: Db,
  { at, life }: { at: Date; life: SessionLife },
): Promise<number> {
  const unusedSince = new Date(at.getTime() - life.idleMs);
  const createdSince = new Date(at.getTime() - life.longestMs);
  return (
    await db`
      delete from sessions where seen_at <= ${unusedSince} or created_at <= ${createdSince} returning token_hash`
  ).length;
}
