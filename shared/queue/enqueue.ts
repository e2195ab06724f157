import type { Db } from "../database.ts";
import type { JobName, Payload } from "./jobs.ts";

export interface NewJob<Name extends JobName = JobName> {
  name: Name;
  data: Payload<Name>;
  /** Given where a job must exist once however often it is asked for: one that is there is left alone. */
  id?: string;
  startAfter?: Date;
  /** Whose share of the queue it takes: a service's id. */
  groupId?: string;
  /** In an `exclusive` queue: a job is left out where one of the same key has not ended. */
  singletonKey?: string;
}

/**
 * Stores jobs; inside a transaction they share its fate. Throws on a queue that does not exist.
 * SQL of ours, because pg-boss needs Node built-ins the API may lack.
 */
export async function enqueue(db: Db, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length === 0) return;
  await db`select enqueue_jobs(${JSON.stringify(jobs.map(toRow))}::text::json)`;
}

/** A job as `enqueue_jobs` reads it. */
export function toRow({
  name,
  data,
  id,
  startAfter,
  groupId,
  singletonKey,
}: NewJob): Record<string, unknown> {
  return { id, name, data, start_after: startAfter, group_id: groupId, singleton_key: singletonKey };
}

/** The queue that brings a new notification on its way: to its provider, or a letter to its PDF. */
export function deliveryQueue({
  channel,
  keyType,
  status,
}: {
  channel: "sms" | "email" | "letter";
  keyType: string;
  status: string;
}): JobName {
  if (channel === "letter") return status === "pending-virus-check" ? "scan-letter" : "create-letter-pdf";
  if (keyType === "test") return "deliver-research";
  return channel === "sms" ? "deliver-sms" : "deliver-email";
}

/** Announces the names of queues that got jobs which are due. */
export const wakeChannel = "pillarbox_jobs";
