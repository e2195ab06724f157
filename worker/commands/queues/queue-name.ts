import * as v from "valibot";
import { queues } from "../../../shared/queue/jobs.ts";

/** The name of a queue there is. */
export const QueueName = v.pipe(
  v.string(),
  v.check((name) => Object.hasOwn(queues, name), `must be one of ${Object.keys(queues).join(", ")}`),
);
