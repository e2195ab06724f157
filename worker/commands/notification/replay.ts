import * as v from "valibot";
import { lockReplays } from "../../../shared/notification/sweeps.ts";
import { deliveryQueue, enqueue } from "../../../shared/queue/enqueue.ts";
import { findDeliveryJob } from "../../../shared/queue/status.ts";
import { command, type Deps, Id } from "../command.ts";
import { lockForReplay, noNotification } from "./stored.ts";

const Input = v.object({ id: Id });

export const replayNotificationCommand = command({
  name: "replay",
  description: "Queue the delivery of a message that is created and has no job",
  args: { id: { type: "positional", description: "The notification's id" } },
  input: Input,
  run: replay,
});

async function replay({ id }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  const answer = await sql.begin(async (tx) => {
    await lockReplays(tx);
    const notification = await lockForReplay(tx, id);
    if (!notification) throw noNotification(id);
    const { serviceId, channel, keyType, status } = notification;
    if (status !== "created") throw new Error(`Cannot replay ${id}: it is ${status}`);
    if (channel === "letter") throw new Error(`Cannot replay ${id}: it is a letter`);
    const job = await findDeliveryJob(tx, id);
    if (job) return `${id} has a job in ${job.queue}, due ${job.dueAt.toISOString()}`;
    const queue = deliveryQueue({ channel, keyType, status });
    await enqueue(tx, [{ name: queue, data: { notificationId: id }, groupId: serviceId }]);
    return `Queued ${id} in ${queue}`;
  });
  print(answer);
}
