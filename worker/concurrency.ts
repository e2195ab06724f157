import { type JobName, type Queue, queues } from "../shared/queue/jobs.ts";

/**
 * Jobs at once for each queue: the table's number, or the one that `text` (`deliver-sms=20,deliver-email=20`) gives.
 * Throws on a queue that does not exist or a number that is none.
 */
export function concurrencyOf(text: string): (queue: JobName) => number {
  const given = numbersOf("WORKER_CONCURRENCY", text);
  return (queue) => given.get(queue) ?? table[queue].concurrency;
}

/**
 * Jobs of one service at once, over all workers; null for a queue whose jobs belong to none. Throws as `concurrencyOf`
 * does, and on such a queue.
 */
export function perServiceOf(text: string): (queue: JobName) => number | null {
  const setting = "WORKER_PER_SERVICE";
  const given = numbersOf(setting, text);
  for (const name of given.keys()) {
    // Of maintenance the share is a task's, of which no two may run at once.
    if (table[name].perService === null || name === "maintenance")
      throw new Error(`Cannot read ${setting}: jobs of ${name} belong to no service`);
  }
  return (queue) => given.get(queue) ?? table[queue].perService;
}

const table: Record<JobName, Queue> = queues;

function numbersOf(setting: string, text: string): Map<JobName, number> {
  const given = new Map<JobName, number>();
  for (const pair of text.split(",").filter((part) => part.trim() !== "")) {
    const [name = "", count = ""] = pair.split("=").map((part) => part.trim());
    if (!isQueue(name)) throw new Error(`Cannot read ${setting}: there is no queue "${name}"`);
    if (!/^[1-9]\d{0,4}$/.test(count)) throw new Error(`Cannot read ${setting}: "${count}" for ${name}`);
    given.set(name, Number(count));
  }
  return given;
}

function isQueue(name: string): name is JobName {
  return Object.hasOwn(queues, name);
}
