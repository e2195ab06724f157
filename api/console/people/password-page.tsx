/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";

/** Shows a new password, once: it is not kept. */
export async function passwordPage(
  c: Context<ConsoleEnv>,
  { id, name, password }: { id: string; name: string; password: string },
): Promise<Response> {
  const title = `A password for ${name}`;
  // People of a service have no page of a person's.
  const next = c.var.service
    ? { path: `/console/services/${c.var.service.id}/members`, title: "To the members" }
    : { path: `/console/people/${id}`, title: `To ${name}` };
  const body = (
    <>
      <h1>{title}</h1>
      <p>
        Give it to them by a way that only they read. It is not shown again; they can change it in their
        account.
      </p>
      <pre class="secret">{password}</pre>
      <p>
        <a href={next.path}>{next.title}</a>
      </p>
    </>
  );
  return await answerConsole(c, { title, body });
}
