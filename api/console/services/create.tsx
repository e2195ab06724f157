/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { createAskedService } from "../../../shared/service/create.ts";
import { serviceNameFault } from "../../../shared/service/name.ts";
import type { ApiDeps } from "../../deps.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { Choices, FaultSummary, type Faults, Field, Form, type Typed } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";

type CreateDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "emailDomain" | "smsSender">;

/** A service begins with what Notify's web site gives it. */
const dailyLimits = { emailMessageLimit: 50, smsMessageLimit: 50, letterMessageLimit: 20 };

const NewService = v.object({
  name: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, "Enter a name"),
    v.maxLength(255, "The name is too long"),
  ),
  mode: v.picklist(["trial", "live"], "Choose what it may send"),
});

/** GET and POST /services/new: the operator becomes its first member. */
export function createServicePages(deps: CreateDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  pages.get("/services/new", (c) => page(c, { mode: "trial" }));

  pages.post("/services/new", limitForm, async (c) => {
    const form = await readForm(c, NewService);
    if (!form.ok) return page(c, form.typed, form.faults);
    const { name, mode } = form.value;
    const fault = serviceNameFault(name, deps.emailDomain);
    if (fault !== null) return page(c, form.typed, { name: fault });
    const id = deps.newId();
    const { user } = c.var;
    return await audited(c, deps, { action: "service.create", subject: `service ${id}` }, async () => {
      const made = await deps.ask((sql) =>
        createAskedService(sql, {
          id,
          name,
          restricted: mode === "trial",
          userId: user.id,
          createdById: user.id,
          organisationType: null,
          ...(mode === "trial" ? dailyLimits : liveLimits),
          internationalSmsMessageLimit: null,
          smsSender: deps.smsSender,
          at: deps.now(),
        }),
      );
      if (typeof made === "string") {
        const taken = { name: "Another service has that name, or one that reads the same" };
        return { value: await page(c, form.typed, taken), refused: true };
      }
      return {
        value: redirectWith(c, `/console/services/${id}`, `Made the service ${name}`),
        after: { name, mode },
      };
    });
  });
  return pages;
}

/** Of a live one an operator sets them by what it needs. */
const liveLimits = { emailMessageLimit: 250_000, smsMessageLimit: 250_000, letterMessageLimit: 20_000 };

async function page(c: Context<ConsoleEnv>, typed: Typed, faults?: Faults): Promise<Response> {
  const title = "Make a service";
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <Form c={c} action="/console/services/new">
        <Field
          label="Name"
          name="name"
          value={typed.name}
          hint="As people who get its messages know it."
          faults={faults}
        />
        <Choices
          legend="What it may send"
          name="mode"
          type="radio"
          values={[typed.mode ?? "trial"]}
          choices={[
            { value: "trial", label: "Trial: to its own people and guest list alone" },
            { value: "live", label: "Live: to anyone" },
          ]}
          faults={faults}
        />
        <button type="submit">Make the service</button>
      </Form>
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    crumbs: [
      { title: "Services", path: "/console/services" },
      { title, path: null },
    ],
  });
}
