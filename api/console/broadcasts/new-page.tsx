/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { AlertLine } from "../../../shared/overview/broadcasts.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { FaultSummary, type Faults, Field, Form, Select, TextArea, type Typed } from "../form.tsx";
import { AlertPreview } from "../templates/preview.tsx";
import { alertsPath } from "./deps.ts";
import { PlaceFields } from "./draft-fields.tsx";

export interface NewAlertState {
  typed: Typed;
  faults?: Faults | undefined;
  /** What may be copied. */
  earlier: readonly AlertLine[];
}

/** The page on which an alert is written. Scripts count and show while it is typed; its button does without them. */
export async function newAlertPage(
  c: Context<ConsoleEnv>,
  { typed, faults, earlier }: NewAlertState,
): Promise<Response> {
  const title = "Write an alert";
  const of = (name: string) => ({ name, value: typed[name], faults });
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <p>Nothing goes out yet: it is handed in for approval, and somebody else approves it.</p>
      {earlier.length === 0 ? null : (
        <form method="get" action={alertsPath(c, "/new")} class="filter">
          <Select
            label="Begin from an earlier one"
            name="from"
            choices={earlier.map(({ id, reference, beginning }) => ({
              value: id,
              label: `${reference ?? "Without a reference"}: ${beginning.slice(0, 50)}`,
            }))}
          />
          <button type="submit" class="quiet">
            Copy it
          </button>
        </form>
      )}
      <Form c={c} action={alertsPath(c, "/new")}>
        <div class="split">
          <div>
            <h2>What</h2>
            <Field
              label="Reference"
              hint="For your own people; phones do not show it, the public list does."
              {...of("reference")}
            />
            <TextArea
              label="Message"
              rows={9}
              hint="Everybody in the area gets it: say who speaks, what happened and what to do."
              {...of("content")}
            />
            <div class="preview" data-preview={alertsPath(c, "/preview")}>
              <h3>As phones show it</h3>
              <AlertPreview draft={{ content: typed.content ?? "" }} values={new Map()} />
            </div>
          </div>
          <div>
            <PlaceFields typed={typed} faults={faults} />
          </div>
        </div>
        <p class="actions">
          <button type="submit" name="do" value="save">
            Save the draft
          </button>
          <button type="submit" name="do" value="look" class="quiet">
            Look at it first
          </button>
          <a href={alertsPath(c)}>Leave it</a>
        </p>
      </Form>
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    scripts: ["preview.js", "draw-area.js"],
    styles: ["map.css"],
    crumbs: [
      { title: "Emergency alerts", path: alertsPath(c) },
      { title, path: null },
    ],
  });
}
