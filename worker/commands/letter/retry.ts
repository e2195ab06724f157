import * as v from "valibot";
import { listBatches } from "../../../shared/letter/batch.ts";
import { collatingJob, uploadingJob } from "../../../shared/letter/print-run.ts";
import { enqueue } from "../../../shared/queue/enqueue.ts";
import { command, type Deps, Flag, jsonOption, Text } from "../command.ts";
import { getRunOrBatch } from "./known.ts";

const Input = v.object({ id: Text, json: Flag });

export const retryLettersCommand = command({
  name: "retry",
  description: "Queue what is left of a print run, or one batch, again: nothing is sent twice by it",
  args: {
    id: { type: "positional", description: "The run's or the batch's id, or the zip's name" },
    json: jsonOption,
  },
  input: Input,
  run: retry,
});

const unsent: ReadonlySet<string> = new Set(["planned", "uploading", "placing"]);

/** A job that waits already does no harm: whoever comes second finds the batch sent. */
async function retry({ id, json }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  const { run, batch } = await getRunOrBatch(sql, id);
  const batches = batch ? [batch] : await listBatches(sql, run.id);
  const jobs =
    run?.status === "planning"
      ? [collatingJob(run.id)]
      : batches.filter(({ state }) => unsent.has(state)).map((each) => uploadingJob(each.id));
  await enqueue(sql, jobs);
  if (json) print(JSON.stringify({ queued: jobs.length }));
  else if (jobs.length === 0) print(`Nothing of ${id} is left to be sent`);
  else print(run?.status === "planning" ? `Queued the planning of ${id}` : `Queued ${jobs.length} batches`);
}
