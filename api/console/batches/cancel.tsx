/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import * as v from "valibot";
import type { Batch } from "../../../shared/batch/batch.ts";
import { cancelLettersOfBatch } from "../../../shared/batch/cancel-letters.ts";
import { findBatch, markCancelled } from "../../../shared/batch/queries.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { Fault, notThere } from "../fault.ts";
import { Form } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { Time } from "../parts.tsx";
import { readForm } from "../read-form.ts";
import { canCancel } from "./batch-page.tsx";
import { type BatchPageDeps, batchesPath, idOf } from "./deps.ts";

type CancelDeps = Pick<BatchPageDeps, "ask" | "now" | "newId">;

const tooLate = "It cannot be cancelled any more";

/** GET …/batches/{id}/cancel: asks once more. */
export function askToCancel(deps: CancelDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const batch = await cancellable(c, deps);
    const isScheduled = batch.status === "scheduled";
    const messages = batch.notificationCount.toLocaleString("en-GB");
    const title = isScheduled ? "Do not send this batch?" : "Cancel these letters?";
    const body = (
      <>
        <h1>{title}</h1>
        <p>
          {batch.originalFileName}: {messages} messages
          {isScheduled ? (
            <>
              {" "}
              that are to be sent at <Time at={batch.scheduledFor} />
            </>
          ) : null}
          .
        </p>
        <p>
          {isScheduled
            ? "None of them is sent. To send them after all, upload the file again."
            : "All of them are kept from being printed, or none where one is on its way to the printer."}
        </p>
        <Form c={c} action={batchesPath(c, `/${batch.id}/cancel`)} class="actions">
          <button type="submit" class="danger">
            {isScheduled ? "Do not send it" : "Cancel its letters"}
          </button>
          <a href={batchesPath(c, `/${batch.id}`)}>Leave it as it is</a>
        </Form>
      </>
    );
    return await answerConsole(c, {
      title,
      body,
      crumbs: [
        { title: "Batches", path: batchesPath(c) },
        { title: batch.originalFileName, path: batchesPath(c, `/${batch.id}`) },
        { title: "Cancel", path: null },
      ],
    });
  };
}

/** POST …/batches/{id}/cancel: a scheduled batch is not begun; of letters none is printed. */
export function cancelBatch(deps: CancelDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    await readForm(c, v.object({}));
    const batch = await cancellable(c, deps);
    const { id, serviceId } = batch;
    const deed = { action: "batch.cancel", subject: `batch ${id}`, before: { status: batch.status } };
    const notice = await audited(c, deps, deed, async () => {
      const after = { status: "cancelled" };
      if (batch.status === "scheduled") {
        const isDone = await deps.ask((sql) => markCancelled(sql, serviceId, id, deps.now()));
        return isDone ? { value: "It is not sent", after } : { value: null, refused: true };
      }
      const result = await deps.ask((sql) => cancelLettersOfBatch(sql, { serviceId, id, at: deps.now() }));
      if (result.outcome !== "cancelled") return { value: null, refused: true };
      const { letters } = result;
      return { value: `Cancelled ${letters} letters`, after: { ...after, letters } };
    });
    if (notice === null) throw new Fault(409, tooLate);
    return redirectWith(c, batchesPath(c, `/${id}`), notice);
  };
}

async function cancellable(c: Context<ConsoleEnv>, { ask }: Pick<CancelDeps, "ask">): Promise<Batch> {
  if (c.var.role === "viewer") throw notThere();
  const id = idOf(c);
  const batch = await ask((sql) => findBatch(sql, c.var.service.id, id));
  if (!batch) throw notThere();
  if (!canCancel(batch)) throw new Fault(409, tooLate);
  return batch;
}
