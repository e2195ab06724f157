import type { Db } from "../database.ts";
import type { Passwords } from "../user/passwords.ts";

/** After so many failures in a row nobody signs in as this person for a while. */
export const failures = { most: 10, lockedMs: 15 * 60_000 } as const;

export type SignInResult =
  | { outcome: "signed-in"; userId: string; name: string }
  /** `userId` is null where nobody has the address; whoever tries is told the same either way. */
  | { outcome: "wrong"; userId: string | null }
  | { outcome: "locked"; userId: string };

interface Candidate {
  id: string;
  name: string;
  password: string | null;
  state: string;
  lockedUntil: Date | null;
}

/**
 * Checks an address and a password. Takes as long for an address nobody has as for one that somebody has. While a person
 * is locked out, the right password does not help, and is not told from a wrong one.
 */
export async function signIn(
  db: Db,
  passwords: Passwords,
  { emailAddress, password, at }: { emailAddress: string; password: string; at: Date },
): Promise<SignInResult> {
  const [user] = await db<Candidate[]>`
    select id, name, password, state, locked_until as "lockedUntil" from users
    where lower(email_address) = lower(${emailAddress})`;
  const isRight = await passwords.verify(password, user?.password ?? null);
  if (!user) return { outcome: "wrong", userId: null };
  if (user.lockedUntil !== null && user.lockedUntil > at) return { outcome: "locked", userId: user.id };
  if (!isRight || user.state !== "active") {
    await noteFailure(db, user.id, at);
    return { outcome: "wrong", userId: user.id };
  }
  // Another attempt may have locked the person meanwhile: the lock wins.
  const [admitted] = await db`
    update users set failed_login_count = 0, locked_until = null, logged_in_at = ${at}
    where id = ${user.id} and state = 'active' and (locked_until is null or locked_until <= ${at})
    returning id`;
  if (!admitted) return { outcome: "locked", userId: user.id };
  if (user.password !== null && passwords.needsRehash(user.password)) {
    const hash = await passwords.hash(password);
    await db`update users set password = ${hash} where id = ${user.id} and password = ${user.password}`;
  }
  return { outcome: "signed-in", userId: user.id, name: user.name };
}

async function noteFailure(db: Db, userId: string, at: Date): Promise<void> {
  const until = new Date(at.getTime() + failures.lockedMs);
  // A lock that has passed starts the count anew.
  await db`
    update users set
      failed_login_count = case when locked_until <= ${at} then 1 else failed_login_count + 1 end,
      locked_until = case
        when locked_until <= ${at} then null
        when failed_login_count + 1 >= ${failures.most} then ${until}::timestamptz
        else locked_until end
    where id = ${userId}`;
}

/** Sets what a person signs in with, and ends every session and lock of theirs. False where there is no such person. */
export async function setPassword(db: Db, userId: string, hash: string): Promise<boolean> {
  const changed = await db`
    with changed as (
      update users set password = ${hash}, failed_login_count = 0, locked_until = null
      where id = ${userId} returning id),
    ended as (delete from sessions where user_id = ${userId})
    select id from changed`;
  return changed.length === 1;
}
