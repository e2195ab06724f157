import type { Db } from "../database.ts";
import type { Passwords } from "./passwords.ts";

/** A person as those who let people in see them. */
export interface Account {
  id: string;
  name: string;
  emailAddress: string;
  state: "pending" | "active" | "inactive";
  isOperator: boolean;
  /** Whether there is anything to sign in with. */
  hasPassword: boolean;
  loggedInAt: Date | null;
  /** Null or past: not locked out. */
  lockedUntil: Date | null;
  /** How many they are one of. */
  services: number;
}

export interface NewAccount {
  id: string;
  name: string;
  emailAddress: string;
  /** A hash; null for whoever signs in by the reverse proxy. */
  password: string | null;
  isOperator: boolean;
  createdAt: Date;
}

/** False where another has the address, whatever its case. */
export async function createAccount(db: Db, account: NewAccount): Promise<boolean> {
  const { id, name, emailAddress, password, isOperator, createdAt } = account;
  const created = await db`
    insert into users (id, name, email_address, password, platform_admin, state, created_at)
    values (${id}, ${name}, ${emailAddress}, ${password}, ${isOperator}, 'active', ${createdAt})
    on conflict ((lower(email_address))) do nothing returning id`;
  return created.length === 1;
}

/** By name, from after the last of another page. `search` is part of a name or address; empty for all. */
export async function listAccounts(
  db: Db,
  { search, after, limit }: { search: string; after: { name: string; id: string } | null; limit: number },
): Promise<Account[]> {
  const part = `%${search.replace(/[\\%_]/g, "\\$&")}%`;
  return await db<Account[]>`
    select ${columns(db)} from users u
    where ${search === "" ? db`true` : db`(u.name ilike ${part} or u.email_address ilike ${part})`}
      and ${after === null ? db`true` : db`(u.name, u.id) > (${after.name}, ${after.id}::uuid)`}
    order by u.name, u.id limit ${limit}`;
}

/** Null where there is no such person. */
export async function findAccount(db: Db, id: string): Promise<Account | null> {
  const [account] = await db<Account[]>`select ${columns(db)} from users u where u.id = ${id}`;
  return account ?? null;
}

/** Whoever has an address, whatever its case; null where nobody has. */
export async function findAccountByAddress(db: Db, emailAddress: string): Promise<Account | null> {
  const [account] = await db<Account[]>`
    select ${columns(db)} from users u where lower(u.email_address) = lower(${emailAddress})`;
  return account ?? null;
}

function columns(db: Db) {
  return db`u.id, u.name, u.email_address as "emailAddress", u.state, u.platform_admin as "isOperator",
    u.password is not null as "hasPassword", u.logged_in_at as "loggedInAt", u.locked_until as "lockedUntil",
    (select count(*)::int from user_to_service m where m.user_id = u.id) as services`;
}

/** Lets somebody do everything everywhere, or no longer. False where nothing changed. */
export async function setOperator(db: Db, id: string, isOperator: boolean): Promise<boolean> {
  const changed = await db`
    update users set platform_admin = ${isOperator}, updated_at = now()
    where id = ${id} and platform_admin <> ${isOperator} returning id`;
  return changed.length === 1;
}

/** Keeps somebody out, and ends their sessions, or lets them in again. False where nothing changed. */
export async function setSuspended(db: Db, id: string, isSuspended: boolean): Promise<boolean> {
  const state = isSuspended ? "inactive" : "active";
  const changed = await db`
    with changed as (
      update users set state = ${state}, updated_at = now()
      where id = ${id} and state <> ${state} returning id),
    ended as (delete from sessions where ${isSuspended} and user_id in (select id from changed))
    select id from changed`;
  return changed.length === 1;
}

/** Lets somebody try again who failed too often. False where nothing locked them out. */
export async function unlock(db: Db, id: string): Promise<boolean> {
  const changed = await db`
    update users set failed_login_count = 0, locked_until = null
    where id = ${id} and locked_until is not null returning id`;
  return changed.length === 1;
}

/** Whether this is what a person signs in with. */
export async function isPassword(
  db: Db,
  passwords: Passwords,
  id: string,
  password: string,
): Promise<boolean> {
  const [user] = await db<{ password: string | null }[]>`select password from users where id = ${id}`;
  return await passwords.verify(password, user?.password ?? null);
}
