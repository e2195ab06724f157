import * as v from "valibot";
import { setPassword } from "../../../shared/session/sign-in.ts";
import { command, Flag, jsonOption } from "../command.ts";
import { Address, addressArg, choosePassword, getAccount } from "./account.ts";

export const setPasswordCommand = command({
  name: "password",
  description: "Give a person a new password, printed once; ends their sessions, and a lock-out",
  args: {
    email: addressArg,
    "password-stdin": { type: "boolean", description: "Take the password from standard input" },
    json: jsonOption,
  },
  input: v.object({ email: Address, passwordStdin: Flag, json: Flag }),
  async run({ email, passwordStdin, json }, deps) {
    const account = await getAccount(deps.sql, email);
    const { hash, shown } = await choosePassword(passwordStdin, account, deps);
    await setPassword(deps.sql, account.id, hash);
    if (json) deps.print(JSON.stringify({ id: account.id, password: shown }));
    else deps.print(shown ?? `Changed the password of ${email}`);
  },
});
