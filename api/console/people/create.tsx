/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { parseEmailAddress } from "../../../shared/recipient/email-address.ts";
import { createAccount } from "../../../shared/user/accounts.ts";
import { newPassword } from "../../../shared/user/new-password.ts";
import type { ApiDeps } from "../../deps.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { Choices, FaultSummary, type Faults, Field, Form, type Typed } from "../form.tsx";
import { limitForm, readForm } from "../read-form.ts";
import { passwordPage } from "./password-page.tsx";

type CreateDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "passwords">;

/** Of forms that name a person. */
export const PersonFields = {
  name: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, "Enter a name"),
    v.maxLength(255, "The name is too long"),
  ),
  email: v.pipe(
    v.string(),
    v.trim(),
    v.maxLength(255, "The email address is too long"),
    v.check((email) => parseEmailAddress(email) !== null, "Enter an email address, like name@example.com"),
  ),
};

const NewPerson = v.object({ ...PersonFields, operator: v.array(v.string()) });

/** GET and POST /people/new: the password it makes is shown once. */
export function createPersonPages(deps: CreateDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  pages.get("/people/new", (c) => page(c, {}));

  pages.post("/people/new", limitForm, async (c) => {
    const form = await readForm(c, NewPerson, { lists: ["operator"] });
    if (!form.ok) return page(c, form.typed, form.faults);
    const { name, email, operator } = form.value;
    const isOperator = operator.length > 0;
    const id = deps.newId();
    const password = newPassword();
    const hash = await deps.passwords.hash(password);
    return await audited(c, deps, { action: "user.create", subject: `user ${id}` }, async () => {
      const account = { id, name, emailAddress: email, password: hash, isOperator, createdAt: deps.now() };
      if (!(await deps.ask((sql) => createAccount(sql, account)))) {
        const taken = { email: "Somebody has that email address already" };
        return { value: await page(c, form.typed, taken), refused: true };
      }
      return { value: await passwordPage(c, { id, name, password }), after: { isOperator } };
    });
  });
  return pages;
}

async function page(c: Context<ConsoleEnv>, typed: Typed, faults?: Faults): Promise<Response> {
  const title = "Add a person";
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <Form c={c} action="/console/people/new">
        <Field label="Name" name="name" value={typed.name} faults={faults} />
        <Field label="Email address" name="email" type="email" value={typed.email} faults={faults} />
        <Choices
          legend="What they may do"
          name="operator"
          values={typed.operator === undefined ? [] : ["yes"]}
          choices={[{ value: "yes", label: "Everything, in every service: an operator" }]}
          hint="Others see the services whose members they are; a manager of one can add them."
        />
        <button type="submit">Add the person</button>
      </Form>
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    crumbs: [
      { title: "People", path: "/console/people" },
      { title, path: null },
    ],
  });
}
