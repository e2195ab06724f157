import { raiseAlert, resolveAlert } from "../../../shared/alert/alert.ts";
import {
  abandonPlanning,
  findPrintRun,
  markPlanned,
  type PrintRun,
} from "../../../shared/letter/print-run.ts";
import { atStart, countPrintable, settleLetters } from "../../../shared/letter/print-run-selection.ts";
import { noteVolumes } from "../../../shared/letter/print-run-volumes.ts";
import { derivedId } from "../../../shared/queue/derived-id.ts";
import { enqueue, type NewJob } from "../../../shared/queue/enqueue.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import type { JobFacts } from "../../consume.ts";
import type { WorkerDeps } from "../../deps.ts";
import { chunksOf, planBatches } from "../../letters/print/plan.ts";
import { alertOnLast } from "./alert-on-last.ts";

/** Plans a print run whole; only then its batches are sent. */
export async function collateLetters(
  { runId }: Payload<"collate-letters">,
  deps: WorkerDeps,
  signal: AbortSignal,
  { attempt }: JobFacts,
): Promise<void> {
  const { sql, log, now } = deps;
  const run = await findPrintRun(sql, runId);
  if (run?.status !== "planning") {
    log.info({ runId, status: run?.status ?? null }, "A print run is planned already");
    return;
  }
  const subject = `print-run:${run.printDate}`;
  await alertOnLast(
    () => plan(run, deps, signal),
    { sql, queue: "collate-letters", attempt },
    {
      subject,
      title: "A print run could not be planned",
      facts: { runId, printDate: run.printDate },
      at: now(),
    },
  );
  await resolveAlert(sql, subject, now());
}

async function plan(run: PrintRun, deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const { sql, log, now, letters, openSftp } = deps;
  await settle(deps, signal);
  if (letters.via === "sftp" && !openSftp) return await giveUp(run, deps);
  if (letters.volumesRecipients.length > 0) await noteVolumes(sql, run);
  if (letters.via === "http") await queueLetters(run, deps, signal);
  else await planBatches(sql, run, { limits: letters.batch, at: now(), signal });
  const batches = await markPlanned(sql, run.id, now());
  await resolveAlert(sql, "letters-without-printer", now());
  log.info({ runId: run.id, printDate: run.printDate, batches }, "A print run is planned");
}

const settledAtOnce = 5000;

/** First, so that what is looked through stays as little as what is under way. */
async function settle({ sql, now }: WorkerDeps, signal: AbortSignal): Promise<void> {
  let after: { createdAt: string; id: string } | null = atStart;
  while (after !== null) {
    signal.throwIfAborted();
    after = await settleLetters(sql, { after, limit: settledAtOnce, at: now() });
  }
}

/** Where nobody prints, letters wait as they are for a run that somebody does. */
async function giveUp(run: PrintRun, { sql, log, now }: WorkerDeps): Promise<void> {
  const counts = await countPrintable(sql, run.deadline);
  const letters = counts.reduce((sum, { letters: some }) => sum + some, 0);
  if (letters > 0) {
    await raiseAlert(sql, {
      subject: "letters-without-printer",
      severity: "page",
      title: "Letters wait to be printed, and no printer is configured",
      facts: { letters, printDate: run.printDate },
      at: now(),
    });
  }
  await abandonPlanning(sql, run.id, "No printer is configured");
  log.warn({ runId: run.id, letters }, "A print run is given up: no printer is configured");
}

/** A job for each letter, where the printer takes them one by one: once each, however often this runs. */
async function queueLetters(run: PrintRun, { sql }: WorkerDeps, signal: AbortSignal): Promise<void> {
  for await (const letters of chunksOf(sql, run, signal)) {
    const jobs = letters.map(
      async ({ id, serviceId }): Promise<NewJob<"deliver-letter">> => ({
        name: "deliver-letter",
        id: await derivedId(`${run.id} ${id}`),
        data: { notificationId: id },
        groupId: serviceId,
      }),
    );
    await enqueue(sql, await Promise.all(jobs));
  }
}
