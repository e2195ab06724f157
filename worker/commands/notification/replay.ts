import * as v from "valibot";
import { replayOne } from "../../../shared/notification/replay-one.ts";
import { command, type Deps, Id } from "../command.ts";
import { noNotification } from "./stored.ts";

const Input = v.object({ id: Id });

export const replayNotificationCommand = command({
  name: "replay",
  description: "Queue the delivery of a message that is created and has no job",
  args: { id: { type: "positional", description: "The notification's id" } },
  input: Input,
  run: replay,
});

async function replay({ id }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  const replayed = await replayOne(sql, { id, serviceId: null });
  switch (replayed.outcome) {
    case "none":
      throw noNotification(id);
    case "refused":
      throw new Error(`Cannot replay ${id}: ${replayed.reason}`);
    case "waiting":
      return print(`${id} has a job in ${replayed.job.queue}, due ${replayed.job.dueAt.toISOString()}`);
    case "queued":
      return print(`Queued ${id} in ${replayed.queue}`);
  }
}
