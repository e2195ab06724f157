/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { noteEntry } from "../../shared/audit/audit.ts";
import { endSession, endSessionsOf } from "../../shared/session/queries.ts";
import { signIn } from "../../shared/session/sign-in.ts";
import type { ApiDeps } from "../deps.ts";
import { answerConsole } from "./answer.tsx";
import { audited } from "./audited.ts";
import type { ConsoleEnv } from "./env.ts";
import { FaultSummary, type Faults, Field } from "./form.tsx";
import { redirectWith } from "./notice.ts";
import { limitForm, readForm } from "./read-form.ts";
import { beginSession, forgetSession } from "./session.ts";

const SignIn = v.object({
  email: v.pipe(v.string(), v.trim(), v.minLength(1, "Enter your email address"), v.maxLength(255)),
  password: v.pipe(v.string(), v.minLength(1, "Enter your password"), v.maxLength(1024)),
  next: v.optional(v.string(), ""),
});

type SignInDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "signer" | "apiHost" | "console" | "passwords">;

/** The one page that nobody has signed in for. */
export function signInPages(deps: SignInDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();

  pages.get("/sign-in", (c) => page(c, { next: c.req.query("next") ?? "" }));

  pages.post("/sign-in", limitForm, async (c) => {
    const fields = Object.fromEntries(new URLSearchParams(await c.req.text()));
    const form = v.safeParse(SignIn, fields);
    const email = fields.email ?? "";
    const next = fields.next ?? "";
    if (!form.success) {
      const faults: Record<string, string> = {};
      for (const issue of form.issues) faults[String(issue.path?.[0]?.key ?? "")] ??= issue.message;
      return page(c, { next, email, faults, status: 400 });
    }
    const at = deps.now();
    const { password } = form.output;
    const result = await deps.ask((sql) =>
      signIn(sql, deps.passwords, { emailAddress: form.output.email, password, at }),
    );
    await deps.ask((sql) =>
      noteEntry(sql, {
        id: deps.newId(),
        at,
        userId: result.userId,
        userName: result.outcome === "signed-in" ? result.name : "",
        serviceId: null,
        action: `session.${result.outcome}`,
        subject: "session",
        before: null,
      }),
    );
    if (result.outcome !== "signed-in") {
      // The same whether nobody has the address, the password is wrong or the person is locked out.
      const faults = {
        "": "The email address or the password is not right, or there were too many attempts",
      };
      return page(c, { next, email, faults, status: 403 });
    }
    await beginSession(c, deps, result.userId);
    return c.redirect(placeIn(next), 303);
  });
  return pages;
}

/** Leaving: this browser alone, or everywhere. */
export function signOutPages(deps: SignInDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();

  pages.post("/sign-out", limitForm, async (c) => {
    await readForm(c, v.object({}));
    await audited(c, deps, { action: "session.sign-out", subject: "session" }, async () => ({
      value: await deps.ask((sql) => endSession(sql, c.var.tokenHash)),
    }));
    forgetSession(c, deps);
    return c.redirect("/console/sign-in", 303);
  });

  pages.post("/account/sign-out-everywhere", limitForm, async (c) => {
    await readForm(c, v.object({}));
    const { id } = c.var.user;
    await audited(c, deps, { action: "session.sign-out-everywhere", subject: `user ${id}` }, async () => {
      const sessions = await deps.ask((sql) => endSessionsOf(sql, id));
      return { value: sessions, after: { sessions } };
    });
    forgetSession(c, deps);
    return redirectWith(c, "/console/sign-in", "You are signed out everywhere");
  });
  return pages;
}

interface SignInPage {
  next: string;
  email?: string;
  faults?: Faults;
  status?: number;
}

async function page(
  c: Context<ConsoleEnv>,
  { next, email = "", faults, status = 200 }: SignInPage,
): Promise<Response> {
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>Sign in</h1>
      <form method="post" action="/console/sign-in">
        <input type="hidden" name="next" value={placeIn(next)} />
        <Field
          label="Email address"
          name="email"
          type="email"
          value={email}
          autocomplete="username"
          faults={faults}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          faults={faults}
        />
        <button type="submit">Sign in</button>
      </form>
      <p class="hint">
        An operator makes accounts: <code>bun run cli user create</code>
      </p>
    </>
  );
  return await answerConsole(c, { title: "Sign in", faults, body, status });
}

/** Only pages of the console: a link to this page may have been made by anyone. */
function placeIn(next: string): string {
  return /^\/console(?:[/?][\x21-\x7e]*)?$/.test(next) && !next.includes("\\") ? next : "/console";
}
