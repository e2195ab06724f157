import type { Context } from "hono";
import * as v from "valibot";
import type { Batch } from "../../../shared/batch/batch.ts";
import { findBatch } from "../../../shared/batch/queries.ts";
import { personalisationOfRow } from "../../../shared/batch/row.ts";
import { pictureFaults, previewOf } from "../../../shared/letter/picture.ts";
import { londonTime, parseLondonTime } from "../../../shared/time/london.ts";
import { type BatchRefusal, makeBatch, mostDaysAhead } from "../../internal/batches/make-batch.ts";
import { audited, noteLook } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { Fault, notThere } from "../fault.ts";
import type { Faults, Typed } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { readForm } from "../read-form.ts";
import { answerEmailDocument } from "../templates/email-document.ts";
import { type BatchPageDeps, batchesPath, idOf, serviceOf } from "./deps.ts";
import { readUpload } from "./read-upload.ts";
import { readyPage } from "./ready-page.tsx";

const dayMs = 24 * 60 * 60 * 1000;

const Sending = v.object({
  when: v.picklist(["now", "later"], "Choose when"),
  at: v.optional(v.pipe(v.string(), v.trim()), ""),
});

/** GET …/batches/uploads/{id}: a file that was checked and can be sent. */
export function showUpload(deps: BatchPageDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const id = idOf(c);
    const batch = await deps.ask((sql) => findBatch(sql, c.var.service.id, id));
    if (batch) return c.redirect(batchesPath(c, `/${id}`), 303);
    await noteLook(c, deps, { action: "batch.open", subject: `batch ${id}` });
    return await show(c, deps, {});
  };
}

/** GET …/batches/uploads/{id}/email.html: the first row's email, for the page's frame. */
export function showFirstEmail(deps: BatchPageDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const { template, values } = await readUpload(c, deps);
    if (template.type !== "email") throw notThere();
    return answerEmailDocument(template, values);
  };
}

/** GET …/batches/uploads/{id}/letter.png: the first page of the first row's letter, as it is printed. */
export function showFirstPage(deps: BatchPageDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const { template, columns, rows } = await readUpload(c, deps);
    const row = rows[0];
    if (template.type !== "letter" || !row) throw notThere();
    const preview = previewOf(template, personalisationOfRow(columns, row));
    const asked = { serviceId: c.var.service.id, preview, page: 1 };
    const picture = await deps.letters.previewPicture(asked, c.req.raw.signal);
    if ("png" in picture) return c.body(picture.png, 200, { "Content-Type": "image/png" });
    const { status, message } = pictureFaults[picture.fault];
    throw new Fault(status, message);
  };
}

/** POST …/batches/uploads/{id}: makes the batch, at once or for its time. */
export function sendUpload(deps: BatchPageDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const id = idOf(c);
    const form = await readForm(c, Sending);
    if (!form.ok) return await show(c, deps, { typed: form.typed, faults: form.faults });
    const { typed } = form;
    const { when, at } = form.value;
    const scheduledFor = when === "later" ? parseLondonTime(at) : null;
    if (when === "later" && scheduledFor === null) {
      return await show(c, deps, { typed, faults: { at: "Enter a date and time" } });
    }
    const service = await serviceOf(c, deps);
    const wanted = { service, id, createdById: c.var.user.id, contactListId: null, scheduledFor };
    const deed = { action: "batch.send", subject: `batch ${id}` };
    const batch = await audited<Batch | BatchRefusal>(c, deps, deed, async () => {
      const value = await makeBatch(deps, wanted);
      if (typeof value === "string") return { value, refused: true };
      return { value, after: { rows: value.notificationCount, template: value.templateId, scheduledFor } };
    });
    if (batch === "past" || batch === "too-far") {
      return await show(c, deps, { typed, faults: { at: refusals[batch] } });
    }
    if (batch === "no-upload" || batch === "no-user") throw notThere();
    if (typeof batch === "string") throw new Fault(409, refusals[batch]);
    const notice = scheduledFor ? `To be sent at ${londonTime(scheduledFor).slice(0, 16)}` : "Sending";
    return redirectWith(c, batchesPath(c, `/${id}`), notice);
  };
}

const refusals: Readonly<Record<Exclude<BatchRefusal, "no-upload" | "no-user">, string>> = {
  inactive: "The service is suspended: it sends nothing",
  "trial-letters": "A service in trial mode cannot send letters",
  "not-valid": "There is something wrong with this file: upload it again",
  "template-deleted": "The template was deleted: choose another, and upload the file again",
  past: "Choose a time that is not over",
  "too-far": `Choose a time in the next ${mostDaysAhead} days`,
};

async function show(
  c: Context<ConsoleEnv>,
  deps: BatchPageDeps,
  shown: { typed?: Typed; faults?: Faults },
): Promise<Response> {
  const [ready, service] = await Promise.all([readUpload(c, deps), serviceOf(c, deps)]);
  const at = deps.now();
  const times = { least: minuteOf(at), most: minuteOf(new Date(at.getTime() + mostDaysAhead * dayMs)) };
  return await readyPage(c, ready, { service, emailDomain: deps.emailDomain, times, ...shown });
}

/** `2026-11-21T17:30` in London. */
function minuteOf(at: Date): string {
  return londonTime(at).slice(0, 16).replace(" ", "T");
}
