/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { Broadcast } from "../../../shared/broadcast/broadcast.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { FaultSummary, type Faults, Form, type Typed } from "../form.tsx";
import { alertsPath } from "./deps.ts";
import { PlaceFields } from "./draft-fields.tsx";

/** The page on which an alert's areas and duration are changed. Its words stay: other words are another alert. */
export async function editAlertPage(
  c: Context<ConsoleEnv>,
  { id, reference, status }: Broadcast,
  { typed, faults }: { typed: Typed; faults?: Faults },
): Promise<Response> {
  const path = alertsPath(c, `/${id}`);
  const title = "Where and how long";
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      {status === "pending-approval" ? (
        <p class="warning">
          It waits for approval. What is changed now must be handed in again before anybody can approve it.
        </p>
      ) : null}
      <Form c={c} action={`${path}/edit`}>
        <PlaceFields typed={typed} faults={faults} />
        <p class="actions">
          <button type="submit" name="do" value="save">
            Save
          </button>
          <button type="submit" name="do" value="look" class="quiet">
            Look at it first
          </button>
          <a href={path}>Leave it as it is</a>
        </p>
      </Form>
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    scripts: ["draw-area.js"],
    styles: ["map.css"],
    crumbs: [
      { title: "Emergency alerts", path: alertsPath(c) },
      { title: reference ?? "Without a reference", path },
      { title, path: null },
    ],
  });
}
