import * as v from "valibot";
import { setOperator, setSuspended, unlock } from "../../../shared/user/accounts.ts";
import { type Command, command, type Deps, Flag } from "../command.ts";
import { Address, addressArg, getAccount } from "./account.ts";

interface Change {
  name: string;
  description: string;
  change: (sql: Deps["sql"], id: string) => Promise<boolean>;
  /** After the address. */
  changed: string;
  unchanged: string;
}

/** A command that changes one thing about a person. */
function standing({ name, description, change, changed, unchanged }: Change): Command {
  return command({
    name,
    description,
    args: { email: addressArg },
    input: v.object({ email: Address }),
    async run({ email }, { sql, print }) {
      const { id } = await getAccount(sql, email);
      print(`${email} ${(await change(sql, id)) ? changed : unchanged}`);
    },
  });
}

export const unlockCommand = standing({
  name: "unlock",
  description: "Let a person try again who failed to sign in too often",
  change: unlock,
  changed: "may try again",
  unchanged: "was not locked out",
});

export const suspendUserCommand = standing({
  name: "suspend",
  description: "Keep a person out of the console, and end their sessions",
  change: (sql, id) => setSuspended(sql, id, true),
  changed: "is kept out",
  unchanged: "was kept out already",
});

export const resumeUserCommand = standing({
  name: "resume",
  description: "Let a person in again who was kept out",
  change: (sql, id) => setSuspended(sql, id, false),
  changed: "may sign in",
  unchanged: "could sign in already",
});

export const operatorCommand = command({
  name: "operator",
  description: "Let a person see and do everything, or, with --no, no longer",
  args: { email: addressArg, no: { type: "boolean", description: "No longer" } },
  input: v.object({ email: Address, no: Flag }),
  async run({ email, no }, { sql, print }) {
    const { id } = await getAccount(sql, email);
    await setOperator(sql, id, !no);
    print(`${email} is ${no ? "no" : "an"} operator`);
  },
});
