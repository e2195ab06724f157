/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import * as v from "valibot";
import { holdLetters, releaseLetters } from "../../../shared/letter/hold.ts";
import { findHold } from "../../../shared/letter/service-letters.ts";
import type { Service } from "../../../shared/service/service.ts";
import type { ApiDeps } from "../../deps.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { FaultSummary, type Faults, Field, Form, type Typed } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { Time } from "../parts.tsx";
import { readForm } from "../read-form.ts";
import { idOf, type LetterPageDeps } from "./deps.ts";
import { crumbs } from "./run-page.tsx";

type HoldDeps = Pick<LetterPageDeps, "ask" | "now" | "newId"> & Pick<ApiDeps, "findService">;

const Held = v.object({
  reason: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, "Enter why"),
    v.maxLength(500, "Use at most 500 characters"),
  ),
});

/** GET /letters/holds/{service}: whether its letters are held, and the way to change that. */
export function showHold(deps: HoldDeps) {
  return (c: Context<ConsoleEnv>): Promise<Response> => show(c, deps, {});
}

/** POST /letters/holds/{service}: as `letter hold`. */
export function hold(deps: HoldDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const form = await readForm(c, Held);
    if (!form.ok) return await show(c, deps, form);
    const { id: serviceId } = await getService(c, deps);
    const { reason } = form.value;
    const deed = { action: "letters.hold", subject: `service ${serviceId}` };
    const { takenApart, underWay } = await audited(c, deps, deed, async () => {
      const value = await deps.ask((sql) => holdLetters(sql, { serviceId, reason, at: deps.now() }));
      return { value, after: { ...value } };
    });
    const sent = underWay > 0 ? `; ${underWay} are being sent all the same` : "";
    return redirectWith(
      c,
      pathOf(serviceId),
      `Its letters are held. Took ${takenApart} batches apart${sent}`,
    );
  };
}

/** POST /letters/holds/{service}/release: as `letter release`. */
export function release(deps: HoldDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    await readForm(c, v.object({}));
    const { id: serviceId } = await getService(c, deps);
    const deed = { action: "letters.release", subject: `service ${serviceId}` };
    const wasHeld = await audited(c, deps, deed, async () => {
      const value = await deps.ask((sql) => releaseLetters(sql, serviceId));
      return { value, refused: !value };
    });
    const notice = wasHeld ? "Its letters are printed again, from the next run on" : "They were not held";
    return redirectWith(c, pathOf(serviceId), notice);
  };
}

async function show(
  c: Context<ConsoleEnv>,
  deps: HoldDeps,
  { typed = {}, faults }: { typed?: Typed; faults?: Faults },
): Promise<Response> {
  const { id, name } = await getService(c, deps);
  const held = await deps.ask((sql) => findHold(sql, id));
  const title = `Letters of ${name}`;
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <p>
        <a href={`/console/services/${id}/letters`}>See its letters</a>
      </p>
      {held ? (
        <>
          <p class="warning">
            Held since <Time at={held.heldAt} />: {held.reason}
          </p>
          <p>Once they are released, the next print run takes all that wait.</p>
          <Form c={c} action={`${pathOf(id)}/release`}>
            <button type="submit">Release them</button>
          </Form>
        </>
      ) : (
        <>
          <p>
            They are printed. While they are held they wait, and none is lost; batches that nobody began to
            send are taken apart.
          </p>
          <Form c={c} action={pathOf(id)}>
            <Field
              label="Why are they to be held?"
              name="reason"
              value={typed.reason}
              hint="The service sees it too."
              faults={faults}
            />
            <button type="submit" class="danger">
              Hold its letters
            </button>
          </Form>
        </>
      )}
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    crumbs: crumbs(title),
  });
}

function pathOf(serviceId: string): string {
  return `/console/letters/holds/${serviceId}`;
}

async function getService(c: Context<ConsoleEnv>, { findService }: HoldDeps): Promise<Service> {
  const service = await findService(idOf(c));
  if (!service) throw notThere();
  return service;
}
