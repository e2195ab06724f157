import * as v from "valibot";
import { createAccount } from "../../../shared/user/accounts.ts";
import { addMember } from "../../../shared/user/members.ts";
import { rolePermissions } from "../../../shared/user/roles.ts";
import { command, type Deps, Flag, Id, jsonOption, Name, UsageError } from "../command.ts";
import { assertService } from "../service/known.ts";
import { Address, choosePassword } from "./account.ts";

const Input = v.object({
  email: Address,
  name: Name,
  operator: Flag,
  service: v.optional(Id),
  role: v.optional(v.picklist(["manager", "viewer"], "must be manager or viewer")),
  passwordStdin: Flag,
  json: Flag,
});

export const createUserCommand = command({
  name: "create",
  description:
    "Let a person sign in to the console, and print a password for them: it is never shown again. For example: user create ada@hall.example --name 'Ada' --operator",
  args: {
    email: { type: "positional", description: "Their email address, which they sign in with" },
    name: { type: "string", required: true, valueHint: "name", description: "As others see them" },
    operator: { type: "boolean", description: "May see and do everything, in every service" },
    service: { type: "string", valueHint: "id", description: "A service they are one of" },
    role: { type: "string", valueHint: "manager|viewer", description: "What they may do there; viewer" },
    "password-stdin": { type: "boolean", description: "Take the password from standard input" },
    json: jsonOption,
  },
  input: Input,
  run: create,
});

async function create(
  { email, name, operator, service, role, passwordStdin, json }: v.InferOutput<typeof Input>,
  deps: Deps,
) {
  const { sql, print } = deps;
  if (role !== undefined && service === undefined) {
    throw new UsageError("--role needs --service: what they may do is said of a service");
  }
  if (service !== undefined) await assertService(sql, service);
  const { hash, shown } = await choosePassword(passwordStdin, { name, emailAddress: email }, deps);
  const id = crypto.randomUUID();
  const account = { id, name, emailAddress: email, password: hash, isOperator: operator };
  if (!(await createAccount(sql, { ...account, createdAt: new Date() }))) {
    throw new Error(`Cannot make ${email}: somebody has that address already`);
  }
  if (service !== undefined) {
    const permissions = rolePermissions[role ?? "viewer"];
    await addMember(sql, { serviceId: service, userId: id, permissions });
  }
  if (json) print(JSON.stringify({ id, password: shown }));
  else print(shown ?? id);
}
