/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import * as v from "valibot";
import type { Db } from "../../../shared/database.ts";
import { findBatch, type LetterBatch } from "../../../shared/letter/batch.ts";
import { abandonBatches } from "../../../shared/letter/batch-abandon.ts";
import { findPrintRun, type PrintRun } from "../../../shared/letter/print-run.ts";
import { retryPrinting } from "../../../shared/letter/retry.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { FaultSummary, type Faults, Field, Form, type Typed } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { readForm } from "../read-form.ts";
import { idOf, type LetterPageDeps } from "./deps.ts";
import { crumbs } from "./run-page.tsx";

type AgainDeps = Pick<LetterPageDeps, "ask" | "now" | "newId">;

/** What is tried again, or given up. */
export type Kind = "runs" | "batches";

type Of = { run: PrintRun; batch: null } | { run: null; batch: LetterBatch };

const twice = "print twice";

const GiveUp = v.object({
  reason: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, "Enter why"),
    v.maxLength(500, "Use at most 500 characters"),
  ),
  force: v.optional(
    v.pipe(v.string(), v.trim(), v.picklist(["", twice], `Type “${twice}”, or leave it empty`)),
    "",
  ),
});

/** GET …/retry: asks once more. */
export function askToRetry(deps: AgainDeps, kind: Kind) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const path = pathOf(c, kind);
    const name = nameOf(await getOf(c, deps, kind));
    const title = `Try again ${name}?`;
    const body = (
      <>
        <h1>{title}</h1>
        <p>What is not sent is queued again. Nothing is sent twice by it.</p>
        <Form c={c} action={`${path}/retry`}>
          <p class="actions">
            <button type="submit">Try again</button>
            <a href={path}>Leave it as it is</a>
          </p>
        </Form>
      </>
    );
    return await answerConsole(c, { title, body, crumbs: crumbs({ title: name, path }, "Try again") });
  };
}

/** POST …/retry: as `letter retry`. */
export function retry(deps: AgainDeps, kind: Kind) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    await readForm(c, v.object({}));
    const of = await getOf(c, deps, kind);
    const deed = { action: "print-run.retry", subject: subjectOf(c, kind) };
    const queued = await audited(c, deps, deed, async () => {
      const value = await deps.ask((sql) => retryPrinting(sql, of));
      return { value, after: { queued: value } };
    });
    const notice = queued === 0 ? "Nothing of it is left to be sent" : `Queued ${queued} of its jobs again`;
    return redirectWith(c, pathOf(c, kind), notice);
  };
}

/** GET …/abandon: asks why, and whether also what the printer may have. */
export function askToGiveUp(deps: AgainDeps, kind: Kind) {
  return (c: Context<ConsoleEnv>): Promise<Response> => showGiveUp(c, deps, kind, {});
}

/** POST …/abandon: as `letter abandon`. */
export function giveUp(deps: AgainDeps, kind: Kind) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const form = await readForm(c, GiveUp);
    if (!form.ok) return await showGiveUp(c, deps, kind, form);
    const of = await getOf(c, deps, kind);
    const { reason } = form.value;
    const force = form.value.force === twice;
    const deed = {
      action: "print-run.abandon",
      subject: subjectOf(c, kind),
      before: { state: of.batch ? of.batch.state : of.run.status },
    };
    const { batches, letters, kept } = await audited(c, deps, deed, async () => {
      const target = of.batch ? { batchId: of.batch.id } : { runId: of.run.id };
      const value = await deps.ask((sql) =>
        abandonBatches(sql, { of: target, reason, force, at: deps.now() }),
      );
      const after = { batches: value.batches, letters: value.letters, kept: value.kept.length, force };
      return { value, after, refused: value.batches === 0 && value.kept.length > 0 };
    });
    const left = kept.length === 0 ? "" : `; kept ${kept.length}, which ${whyKept(force)}`;
    const notice = `Gave up ${batches} batches: ${letters} letters are free for another run${left}`;
    return redirectWith(c, pathOf(c, kind), notice);
  };
}

function whyKept(isForced: boolean): string {
  return isForced ? "a worker is sending" : "the printer has or may have";
}

async function showGiveUp(
  c: Context<ConsoleEnv>,
  deps: AgainDeps,
  kind: Kind,
  { typed = {}, faults }: { typed?: Typed; faults?: Faults },
): Promise<Response> {
  const path = pathOf(c, kind);
  const name = nameOf(await getOf(c, deps, kind));
  const title = `Give up ${name}?`;
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <p>
        Its letters are free for another run. What is with the printer already, or may be, is kept as it is,
        unless you say otherwise.
      </p>
      <Form c={c} action={`${path}/abandon`}>
        <Field
          label="Why"
          name="reason"
          value={typed.reason}
          hint="For those who look later."
          faults={faults}
        />
        <Field
          label={`To give up what the printer may have too, type “${twice}”`}
          name="force"
          value={typed.force}
          hint="What the printer has, it prints: those letters are then printed and sent twice."
          faults={faults}
        />
        <p class="actions">
          <button type="submit" class="danger">
            Give it up
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
    crumbs: crumbs({ title: name, path }, "Give up"),
  });
}

function pathOf(c: Context<ConsoleEnv>, kind: Kind): string {
  return `/console/letters/${kind}/${idOf(c)}`;
}

function subjectOf(c: Context<ConsoleEnv>, kind: Kind): string {
  return `${kind === "runs" ? "print run" : "letter batch"} ${idOf(c)}`;
}

function nameOf({ run, batch }: Of): string {
  return batch ? batch.name : `the print run of ${run.printDate}`;
}

async function getOf(c: Context<ConsoleEnv>, { ask }: Pick<AgainDeps, "ask">, kind: Kind): Promise<Of> {
  const of = await ask((sql) => findOf(sql, idOf(c), kind));
  if (!of) throw notThere();
  return of;
}

async function findOf(db: Db, id: string, kind: Kind): Promise<Of | null> {
  if (kind === "runs") {
    const run = await findPrintRun(db, id);
    return run && { run, batch: null };
  }
  const batch = await findBatch(db, id);
  return batch && { run: null, batch };
}
