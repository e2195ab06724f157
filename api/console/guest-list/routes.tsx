/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { guestsOfType } from "../../../shared/recipient/guest-list.ts";
import { type Guest, listGuests, replaceGuests } from "../../../shared/service/guests.ts";
import type { ApiDeps } from "../../deps.ts";
import { guestOf } from "../../internal/guest-list/routes.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { FaultSummary, type Faults, Field, Form, type Typed } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import { faultsBy } from "../refusals.ts";

type GuestDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "forgetService">;

const fields = [
  { type: "email", legend: "Email addresses", label: "Email address", input: "email" },
  { type: "mobile", legend: "Mobile numbers", label: "Mobile number", input: "tel" },
] as const;
const places = Array.from({ length: guestsOfType }, (_, at) => at + 1);

/** Whom a service may send to beside its own people, in trial mode or by a team key. */
export function guestListPages(deps: GuestDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/guest-list";

  pages.get(at, async (c) => {
    const guests = await deps.ask((sql) => listGuests(sql, c.var.service.id));
    return await guestsPage(c, typedOf(guests));
  });

  pages.post(at, limitForm, async (c) => {
    const { typed } = await readForm(c, v.object({}));
    const guests: Guest[] = [];
    const faults: Record<string, string> = {};
    for (const { type, label } of fields) {
      for (const place of places) {
        const name = `${type}-${place}`;
        const recipient = (typed[name] ?? "").trim();
        if (recipient === "") continue;
        const fault = faultsBy(() => guests.push(guestOf(type, recipient)));
        if (fault) faults[name] = `${label} ${place} is not one that can be sent to`;
      }
    }
    if (Object.keys(faults).length > 0) return await guestsPage(c, typed, faults);
    const serviceId = c.var.service.id;
    const before = countsOf(await deps.ask((sql) => listGuests(sql, serviceId)));
    const deed = { action: "guest-list.change", subject: `service ${serviceId}`, before };
    return await audited(c, deps, deed, async () => {
      if (!(await deps.ask((sql) => replaceGuests(sql, { serviceId, guests, at: deps.now() }))))
        throw notThere();
      deps.forgetService(serviceId);
      const path = `/console/services/${serviceId}/guest-list`;
      return { value: redirectWith(c, path, "Saved the guest list"), after: countsOf(guests) };
    });
  });
  return pages;
}

async function guestsPage(c: Context<ConsoleEnv>, typed: Typed, faults?: Faults): Promise<Response> {
  const title = "Guest list";
  const mayChange = c.var.role !== "viewer";
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <p>
        In trial mode, and by a team key, the service sends to its own people and to these, up to{" "}
        {`${guestsOfType} of each`}.
      </p>
      {mayChange ? (
        <Form c={c} action={`/console/services/${c.var.service.id}/guest-list`}>
          <div class="split">
            {fields.map(({ type, legend, label, input }) => (
              <fieldset>
                <legend>{legend}</legend>
                {places.map((place) => (
                  <Field
                    label={`${label} ${place}`}
                    name={`${type}-${place}`}
                    type={input}
                    value={typed[`${type}-${place}`]}
                    faults={faults}
                  />
                ))}
              </fieldset>
            ))}
          </div>
          <button type="submit">Save the guest list</button>
        </Form>
      ) : (
        <ListedGuests typed={typed} />
      )}
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    crumbs: [{ title, path: null }],
  });
}

function ListedGuests({ typed }: { typed: Typed }) {
  const guests = Object.values(typed);
  if (guests.length === 0) return <p class="empty">Nobody yet. A manager of the service can add guests.</p>;
  return (
    <ul>
      {guests.map((guest) => (
        <li>{guest}</li>
      ))}
    </ul>
  );
}

function typedOf(guests: readonly Guest[]): Typed {
  return Object.fromEntries(
    fields.flatMap(({ type }) =>
      guests
        .filter((guest) => guest.type === type)
        .map(({ recipient }, at) => [`${type}-${at + 1}`, recipient] as const),
    ),
  );
}

function countsOf(guests: readonly Guest[]) {
  const count = (type: Guest["type"]) => guests.filter((guest) => guest.type === type).length;
  return { emailAddresses: count("email"), numbers: count("mobile") };
}
