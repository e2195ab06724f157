import { type JobName, type Queue, queues } from "../shared/queue/jobs.ts";

/**
 * Jobs at once for each queue: the table's number, or the one that `text` (`deliver-sms=20,deliver-email=20`) gives.
 * Throws on a queue that does not exist or a number that is none.
 */
export function concurrencyOf(text: string): (queue: JobName) => number {
  const given = new Map<string, number>();
  for (const pair of text.split(",").filter((part) => part.trim() !== "")) {
    const [name = "", count = ""] = pair.split("=").map((part) => part.trim());
    if (!(name in queues)) throw new Error(`Cannot read WORKER_CONCURRENCY: there is no queue "${name}"`);
    if (!/^[1-9]\d{0,4}$/.test(count))
      throw new Error(`Cannot read WORKER_CONCURRENCY: "${count}" for ${name}`);
    given.set(name, Number(count));
  }
  const table: Record<JobName, Queue> = queues;
  return (queue) => given.get(queue) ?? table[queue].concurrency;
}
