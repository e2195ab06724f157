import * as v from "valibot";
import type { Pool } from "../../shared/database.ts";
import { createAccount, findAccountByAddress } from "../../shared/user/accounts.ts";
import { newPassword } from "../../shared/user/new-password.ts";
import { createPasswords } from "../../shared/user/passwords.ts";
import { scrypt } from "../../worker/scrypt.ts";

/** An operator of the demo, who signs in to the console, as `demo.json` tells of it. */
export const DemoConsole = v.object({ url: v.string(), email: v.string(), password: v.string() });

type DemoConsole = v.InferOutput<typeof DemoConsole>;

/** What a folder of an older version has. */
export const noConsole: DemoConsole = { url: "", email: "", password: "" };

/** The same person as before, or a new one where there is none. */
export async function openDemoConsole(sql: Pool, apiUrl: string, kept: DemoConsole): Promise<DemoConsole> {
  const url = `${apiUrl}/console`;
  const isKnown = kept.email !== "" && (await findAccountByAddress(sql, kept.email)) !== null;
  if (isKnown) return { ...kept, url };
  const password = newPassword();
  const hash = await createPasswords(scrypt).hash(password);
  const add = (emailAddress: string) =>
    createAccount(sql, {
      id: crypto.randomUUID(),
      name: "Demo Operator",
      emailAddress,
      password: hash,
      isOperator: true,
      createdAt: new Date(),
    });
  const email = "operator@demo-council.example";
  if (await add(email)) return { url, email, password };
  // A database may hold several demos.
  const another = `operator-${crypto.randomUUID().slice(0, 8)}@demo-council.example`;
  await add(another);
  return { url, email: another, password };
}
