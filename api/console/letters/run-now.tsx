/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import * as v from "valibot";
import { startManualRun } from "../../../shared/letter/manual-run.ts";
import { deadlineOf, lastClosed } from "../../../shared/letter/print-day.ts";
import { countPrintable, type PrintableCount } from "../../../shared/letter/print-run-selection.ts";
import { londonTime } from "../../../shared/time/london.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { Choices, FaultSummary, type Faults, Field, Form, type Typed } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { readForm } from "../read-form.ts";
import type { LetterPageDeps } from "./deps.ts";
import { crumbs } from "./run-page.tsx";

type RunDeps = Pick<LetterPageDeps, "ask" | "now" | "newId">;

const Wanted = v.object({
  letters: v.picklist(["closed", "all"], "Choose which letters"),
  reason: v.pipe(v.string(), v.trim(), v.maxLength(500, "Use at most 500 characters")),
  confirm: v.literal("yes", "Tick that they are to be printed now"),
});

/** GET /letters/run: what a run would print now, as `letter run --dry-run` says. */
export function askToRun(deps: RunDeps) {
  return (c: Context<ConsoleEnv>): Promise<Response> => show(c, deps, {});
}

/** POST /letters/run: as `letter run`. */
export function runNow(deps: RunDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const form = await readForm(c, Wanted);
    if (!form.ok) return await show(c, deps, { typed: form.typed, faults: form.faults });
    const { letters, reason } = form.value;
    const at = deps.now();
    const deadline = letters === "all" ? at : deadlineOf(lastClosed(at));
    const id = deps.newId();
    await audited(c, deps, { action: "print-run.start", subject: `print run ${id}` }, async () => {
      const printDate = await deps.ask((sql) =>
        startManualRun(sql, { id, deadline, reason: reason === "" ? null : reason, at }),
      );
      return { value: null, after: { deadline, printDate } };
    });
    return redirectWith(c, `/console/letters/runs/${id}`, "Began a print run");
  };
}

async function show(
  c: Context<ConsoleEnv>,
  { ask, now }: RunDeps,
  { typed = {}, faults }: { typed?: Typed; faults?: Faults },
): Promise<Response> {
  const at = now();
  const closed = deadlineOf(lastClosed(at));
  // One after the other: each reads all letters that wait.
  const counted = await ask(async (sql) => [
    await countPrintable(sql, closed),
    await countPrintable(sql, at),
  ]);
  const [ofClosed = "none", ofAll = "none"] = counted.map(inWords);
  const title = "Print what waits now";
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <p>
        Letters are printed by themselves each evening. A run by hand takes those that were left over, or does
        not wait for the evening. What was printed cannot be taken back.
      </p>
      <Form c={c} action="/console/letters/run">
        <Choices
          legend="Which letters?"
          name="letters"
          type="radio"
          values={[typed.letters ?? "closed"]}
          choices={[
            {
              value: "closed",
              label: `Made before ${londonTime(closed).slice(0, 16)}, the last deadline: ${ofClosed}`,
            },
            { value: "all", label: `All that wait now: ${ofAll}` },
          ]}
          faults={faults}
        />
        <Field
          label="Why"
          name="reason"
          value={typed.reason}
          hint="For those who look later. May stay empty."
          faults={faults}
        />
        <Choices
          legend="Sure?"
          name="confirm"
          values={[]}
          choices={[{ value: "yes", label: "Send them to the printer now" }]}
          faults={faults}
        />
        <p class="actions">
          <button type="submit">Begin the print run</button>
          <a href="/console/letters">Leave it to the evening</a>
        </p>
      </Form>
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    crumbs: crumbs(title),
  });
}

function inWords(counts: readonly PrintableCount[]): string {
  if (counts.length === 0) return "none";
  const sum = (of: "letters" | "sheets") => counts.reduce((so, count) => so + count[of], 0);
  const services = new Set(counts.map(({ serviceId }) => serviceId)).size;
  const parts = [
    [sum("letters"), "letter"],
    [sum("sheets"), "sheet"],
  ] as const;
  const said = parts.map(([n, noun]) => `${n.toLocaleString("en-GB")} ${n === 1 ? noun : `${noun}s`}`);
  return `${said.join(", ")}, of ${services} ${services === 1 ? "service" : "services"}`;
}
