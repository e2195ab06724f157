import * as v from "valibot";
import { parseEmailAddress } from "../../../shared/recipient/email-address.ts";
import { type Account, findAccountByAddress } from "../../../shared/user/accounts.ts";
import { newPassword } from "../../../shared/user/new-password.ts";
import { passwordFault } from "../../../shared/user/password-rules.ts";
import { createPasswords } from "../../../shared/user/passwords.ts";
import { scrypt } from "../../scrypt.ts";
import { type Deps, UsageError } from "../command.ts";

export const Address = v.pipe(
  v.string("must be an email address"),
  v.trim(),
  v.check((address) => parseEmailAddress(address) !== null, "must be an email address"),
);

export const addressArg = { type: "positional", description: "The person's email address" } as const;

/** Throws where nobody has the address. */
export async function getAccount(sql: Deps["sql"], email: string): Promise<Account> {
  const account = await findAccountByAddress(sql, email);
  if (!account) throw new Error(`Cannot find ${email}: nobody has that address`);
  return account;
}

/**
 * A password of our making, to be shown, or the one on standard input, which is not; and its hash. Throws a usage error
 * for one that is too weak.
 */
export async function choosePassword(
  fromInput: boolean,
  person: { name: string; emailAddress: string },
  { readInput }: Pick<Deps, "readInput">,
): Promise<{ hash: string; shown: string | null }> {
  const given = fromInput ? (await readInput()).replace(/\r?\n$/, "") : null;
  const fault = given === null ? null : passwordFault(given, person);
  if (fault !== null) throw new UsageError(`Cannot take the password: ${fault}`);
  const password = given ?? newPassword();
  return { hash: await createPasswords(scrypt).hash(password), shown: given === null ? password : null };
}
