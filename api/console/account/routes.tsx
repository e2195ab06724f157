/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { setPassword } from "../../../shared/session/sign-in.ts";
import { isPassword } from "../../../shared/user/accounts.ts";
import { passwordFault, passwordLength } from "../../../shared/user/password-rules.ts";
import type { ApiDeps } from "../../deps.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { FaultSummary, type Faults, Field, Form } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { Facts } from "../parts.tsx";
import { limitForm, readForm } from "../read-form.ts";
import { beginSession } from "../session.ts";

const NewPassword = v.object({
  password: v.pipe(v.string(), v.minLength(1, "Enter the password you have now")),
  new_password: v.pipe(v.string(), v.minLength(1, "Enter a new password")),
});

/** What a person sees of themselves. */
export function accountPages(
  deps: Pick<ApiDeps, "ask" | "now" | "newId" | "signer" | "apiHost" | "console" | "passwords">,
): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();

  pages.get("/account", (c) => page(c));

  pages.post("/account/password", limitForm, async (c) => {
    const form = await readForm(c, NewPassword);
    if (!form.ok) return page(c, form.faults);
    const { user } = c.var;
    const { password, new_password: next } = form.value;
    const fault = passwordFault(next, user);
    if (fault !== null) return page(c, { new_password: fault });
    return await audited(c, deps, { action: "user.password", subject: `user ${user.id}` }, async () => {
      const isRight = await deps.ask((sql) => isPassword(sql, deps.passwords, user.id, password));
      if (!isRight) {
        const answer = await page(c, { password: "This is not the password you have now" });
        return { value: answer, refused: true };
      }
      const hash = await deps.passwords.hash(next);
      await deps.ask((sql) => setPassword(sql, user.id, hash));
      // It ended with all the others.
      await beginSession(c, deps, user.id);
      return { value: redirectWith(c, "/console/account", "Changed your password") };
    });
  });
  return pages;
}

async function page(c: Context<ConsoleEnv>, faults?: Faults): Promise<Response> {
  const { user } = c.var;
  const title = "Your account";
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <Facts
        facts={[
          ["Name", user.name],
          ["Email address", user.emailAddress],
          ["What you may do", user.isOperator ? "Everything: you are an operator" : "As your services say"],
        ]}
      />
      <h2>Change your password</h2>
      <Form c={c} action="/console/account/password">
        <Field
          label="The password you have now"
          name="password"
          type="password"
          autocomplete="current-password"
          faults={faults}
        />
        <Field
          label="New password"
          name="new_password"
          type="password"
          autocomplete="new-password"
          hint={`${passwordLength.least} characters or more. You are signed out everywhere else.`}
          faults={faults}
        />
        <button type="submit">Change password</button>
      </Form>
      <h2>Sign out everywhere</h2>
      <p>Ends your sessions in every browser, this one too.</p>
      <Form c={c} action="/console/account/sign-out-everywhere">
        <button type="submit" class="danger">
          Sign out everywhere
        </button>
      </Form>
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
  });
}
