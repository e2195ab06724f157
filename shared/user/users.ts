import type { Db } from "../database.ts";

export const authTypes = ["sms_auth", "email_auth", "webauthn_auth"] as const;
export const userStates = ["pending", "active", "inactive"] as const;

/** A person, as far as we keep people: who signs in, and how, is the business of the program that asks. */
export interface User {
  id: string;
  name: string;
  emailAddress: string;
  mobileNumber: string | null;
  authType: (typeof authTypes)[number];
  state: (typeof userStates)[number];
  platformAdmin: boolean;
  createdAt: Date;
  updatedAt: Date | null;
}

export type NewUser = Omit<User, "platformAdmin" | "updatedAt">;

/** Null where another has the address, whatever its case. */
export async function createUser(db: Db, user: NewUser): Promise<User | null> {
  const [created] = await db<User[]>`
    insert into users as u (id, name, email_address, mobile_number, auth_type, state, created_at)
    values (${user.id}, ${user.name}, ${user.emailAddress}, ${user.mobileNumber}, ${user.authType}, ${user.state},
      ${user.createdAt})
    on conflict ((lower(email_address))) do nothing
    returning ${columns(db)}`;
  return created ?? null;
}

/** Null where there is no such person. */
export async function findUser(db: Db, id: string): Promise<User | null> {
  const [user] = await db<User[]>`select ${columns(db)} from users u where u.id = ${id}`;
  return user ?? null;
}

/** Whoever has an address, whatever its case; null where nobody has. */
export async function findUserByAddress(db: Db, emailAddress: string): Promise<User | null> {
  const [user] = await db<User[]>`
    select ${columns(db)} from users u where lower(u.email_address) = lower(${emailAddress})`;
  return user ?? null;
}

/** The columns of a `User`, of users `u`. */
export function columns(db: Db) {
  return db`u.id, u.name, u.email_address as "emailAddress", u.mobile_number as "mobileNumber",
    u.auth_type as "authType", u.state, u.platform_admin as "platformAdmin", u.created_at as "createdAt",
    u.updated_at as "updatedAt"`;
}
