/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { Form } from "../form.tsx";
import { crumbsOf } from "./message.tsx";
import { pathOf } from "./words.ts";

interface Question {
  id: string;
  /** The last part of the path that the answer is sent to. */
  deed: string;
  title: string;
  explained: Child;
  /** What else is to be chosen. */
  choices?: Child;
  button: string;
  /** Sent along, unseen. */
  fields?: Readonly<Record<string, string>>;
  isDanger?: boolean;
  /** Why it could not be done. */
  fault?: string | null;
}

/** Asks before something is done that cannot be undone. */
export async function askFirst(c: Context<ConsoleEnv>, question: Question): Promise<Response> {
  const {
    id,
    deed,
    title,
    explained,
    choices = null,
    button,
    fields = {},
    isDanger = false,
    fault = null,
  } = question;
  const path = pathOf({ id, serviceId: c.var.service.id });
  const body = (
    <>
      <h1>{title}</h1>
      {fault === null ? null : (
        <div class="faults" role="alert">
          <h2>That was not done</h2>
          <p>{fault}</p>
        </div>
      )}
      {explained}
      <Form c={c} action={`${path}/${deed}`}>
        {choices}
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <p class="actions">
          <button type="submit" class={isDanger ? "danger" : undefined}>
            {button}
          </button>
          <a href={path}>Leave it as it is</a>
        </p>
      </Form>
    </>
  );
  return await answerConsole(c, {
    title: fault === null ? title : `Problem: ${title}`,
    status: fault === null ? 200 : 400,
    body,
    crumbs: crumbsOf(c, title),
  });
}
