import type { PgBoss } from "pg-boss";
import * as v from "valibot";
import { isUnreachable, type Pool } from "../shared/database.ts";
import { inGroups, inTime } from "../shared/group.ts";
import { faultLine, type Log } from "../shared/log.ts";
import type { Metrics } from "../shared/metrics/metrics.ts";
import { type JobName, type Queue, queues, unreadableRetries } from "../shared/queue/jobs.ts";
import {
  type FetchedJob,
  fetchJobs,
  giveBack,
  lostClaims,
  makeLastAttempt,
  retryAfter,
} from "../shared/queue/queries.ts";
import { bossDb } from "./boss.ts";

/** What a task may know of the job that runs it. */
export interface JobFacts {
  id: string;
  /** 1 for the first. */
  attempt: number;
}

/** Asks for another attempt after a time of its own in place of the queue's. */
export class RetryIn extends Error {
  readonly seconds: number;

  constructor(seconds: number, message: string) {
    super(message);
    this.seconds = seconds;
  }
}

/** A job's payload is not what its queue carries. Names the fields alone: what they hold may be personal. */
class Unreadable extends Error {
  constructor(issues: readonly v.BaseIssue<unknown>[]) {
    const fields = issues.map((issue) => v.getDotPath(issue) ?? "all of it");
    super(`Cannot read the job's payload: ${fields.join(", ")}`);
  }
}

/** Works one job. Throws only to ask for another attempt. */
export type Task = (payload: never, signal: AbortSignal, job: JobFacts) => Promise<void>;

export interface ConsumerOptions {
  queue: JobName;
  task: Task;
  concurrency: number;
  /** Jobs of one service at once, over all workers; the queue's own number where it is not given. */
  perService?: number | null;
  sql: Pool;
  boss: PgBoss;
  log: Log;
  metrics: Pick<Metrics, "worked">;
  /** Fetches without having been woken: the safety net under LISTEN. */
  pollMs: number;
  heartbeatMs: number;
}

export interface Consumer {
  /** Looks for jobs now. */
  wake(): void;
  /**
   * Fetches no more and resolves when what runs has been settled. After `patienceMs` the rest is aborted and given
   * back for another worker.
   */
  stop(patienceMs: number): Promise<void>;
}

interface Running {
  job: FetchedJob;
  abort: AbortController;
}

/** A stopping worker does not wait longer for the database. */
const giveBackMs = 5_000;

/** A fetch that is not answered must not be the last: longer than the server gives a statement, unless seconds count. */
const fetchMs = 35_000;
const urgentFetchMs = 5_000;

/** While most slots are taken, how long to gather freed ones: a fetch costs much the same for one as for twenty. */
const gatherMs = 5;

/**
 * Works one queue: fetches batches to fill free slots, settles each job alone, shares slots fairly by service
 * (`fetch_jobs`).
 */
export function consume(options: ConsumerOptions): Consumer {
  const { queue, task, concurrency, sql, boss, log, metrics, pollMs, heartbeatMs } = options;
  const settings: Queue = queues[queue];
  const { perService = settings.perService } = options;
  const batch = Math.max(1, Math.ceil(concurrency / 4));
  const running = new Map<string, Running>();
  const db = bossDb(sql);
  let after = "";
  let woken = true;
  let fetching = false;
  let stopping = false;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let idle = () => {};

  const settle = createSettle(options);

  function wake(): void {
    woken = true;
    pump();
  }

  function pump(): void {
    const free = concurrency - running.size;
    if (fetching || stopping || !woken || free === 0) return;
    if (free >= batch) {
      void fill();
    } else if (!gathering) {
      gathering = setTimeout(() => {
        gathering = undefined;
        if (woken && !fetching && !stopping) void fill();
      }, gatherMs);
    }
  }

  async function fill(): Promise<void> {
    fetching = true;
    // What wakes us from now on may have missed this fetch.
    woken = false;
    try {
      const room = concurrency - running.size;
      if (room === 0) {
        woken = true;
        return;
      }
      // What a fetch claimed that was given up is missed like a dead worker's.
      const fetched = fetchJobs(sql, queue, { room, perService, after });
      const jobs = await inTime(fetched, settings.isUrgent ? urgentFetchMs : fetchMs);
      // A full batch means that more may wait; a short one that a wake or a settled job will tell.
      if (jobs.length >= room) woken = true;
      after = jobs.at(-1)?.groupId ?? after;
      if (stopping)
        await giveBack(
          sql,
          queue,
          jobs.map(({ id }) => id),
        );
      else for (const job of jobs) void run(job);
    } catch (error) {
      const level = isUnreachable(error) ? "warn" : "error";
      log[level]({ queue, err: error }, "Cannot fetch jobs");
    } finally {
      fetching = false;
      if (running.size === 0) idle();
    }
    pump();
  }

  async function run(job: FetchedJob): Promise<void> {
    const abort = new AbortController();
    running.set(job.id, { job, abort });
    const startedAt = performance.now();
    const fault = await attempt(job, abort.signal);
    const outcome = fault ? (job.retryCount >= job.retryLimit ? "failed" : "retried") : "done";
    metrics.worked(queue, outcome, (performance.now() - startedAt) / 1000);
    if (fault && !abort.signal.aborted) {
      log.warn({ queue, jobId: job.id, attempt: job.retryCount + 1, err: fault }, "Job failed");
    }
    // A claim that was lost is another worker's to settle.
    if (!abort.signal.aborted) {
      try {
        await settle({ job, fault });
      } catch (error) {
        log.error({ queue, jobId: job.id, err: error }, "Cannot settle a job: it will run again");
      }
    }
    running.delete(job.id);
    // Nobody is told when a delay is over; a short one, or one that matters, should not wait for the poll.
    const delayMs = fault ? delayOf({ job, fault }, settings) * 1000 : null;
    if (delayMs !== null && (settings.isUrgent || delayMs < pollMs))
      setTimeout(wake, delayMs + gatherMs).unref();
    // A service at its limit has room again.
    if (perService !== null) woken = true;
    // Not before a fetch that is under way: what it claims has to be given back.
    if (running.size === 0 && !fetching) idle();
    pump();
  }

  async function attempt(job: FetchedJob, signal: AbortSignal): Promise<Error | null> {
    const payload = v.safeParse(settings.payload, job.data);
    if (!payload.success) return new Unreadable(payload.issues);
    try {
      await task(payload.output as never, signal, { id: job.id, attempt: job.retryCount + 1 });
      return null;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async function beat(): Promise<void> {
    const jobs = [...running.values()].map(({ job }) => job);
    if (jobs.length === 0) return;
    try {
      const { affected } = v.parse(Touched, await boss.touch(queue, jobs.map(attemptOf), { db }));
      if (affected === jobs.length) return;
      // Settled meanwhile, which is no news to `running`, or lost to another worker.
      const lost = await lostClaims(sql, queue, jobs);
      for (const id of lost) running.get(id)?.abort.abort(new Error("Another worker has this job"));
    } catch (error) {
      log.warn({ queue, err: error }, "Cannot touch jobs");
    }
  }

  const poll = setInterval(wake, pollMs);
  const heartbeat = setInterval(() => void beat(), heartbeatMs);
  pump();

  return {
    wake,
    async stop(patienceMs) {
      stopping = true;
      clearInterval(poll);
      clearTimeout(gathering);
      if (running.size > 0 || fetching) {
        const finished = new Promise<void>((resolve) => {
          idle = resolve;
        });
        let timer: ReturnType<typeof setTimeout> | undefined;
        const patience = new Promise<void>((resolve) => {
          timer = setTimeout(resolve, patienceMs);
        });
        await Promise.race([finished, patience]);
        clearTimeout(timer);
      }
      clearInterval(heartbeat);
      const left = [...running.values()];
      for (const { abort } of left) abort.abort(new Error("The worker is stopping"));
      if (left.length === 0) return;
      const ids = left.map(({ job }) => job.id);
      try {
        await inTime(giveBack(sql, queue, ids), giveBackMs);
        log.warn({ queue, jobs: ids.length }, "Gave back unfinished jobs");
      } catch (error) {
        log.warn(
          { queue, jobs: ids.length, err: error },
          "Cannot give back jobs: they run again once missed",
        );
      }
    },
  };
}

/** Of pg-boss's answer, which its types leave out. */
const Touched = v.object({ affected: v.number() });

interface Outcome {
  job: FetchedJob;
  fault: Error | null;
}

function attemptOf({ id, retryCount }: FetchedJob) {
  return { id, retryCount };
}

/** Tells pg-boss of finished jobs, in groups as large as the load. */
function createSettle({ queue, sql, boss, log }: ConsumerOptions): (outcome: Outcome) => Promise<void> {
  const settings: Queue = queues[queue];
  const db = bossDb(sql);

  return inGroups<Outcome, undefined>(
    async (outcomes) => {
      const done = outcomes.filter(({ fault }) => fault === null).map(({ job }) => attemptOf(job));
      if (done.length > 0) await boss.complete(queue, done, null, { db });

      const failed = outcomes.filter(({ fault }) => fault !== null);
      for (const [message, group] of Map.groupBy(failed, ({ fault }) => faultLine(fault))) {
        await fail(group, message);
      }
      return outcomes.map(() => undefined);
    },
    { largest: 500, waiting: 100_000, timeoutMs: 30_000, isItemsFault: () => false },
  );

  async function fail(group: readonly Outcome[], message: string): Promise<void> {
    const last = group.filter(
      ({ fault, job }) => fault instanceof Unreadable && job.retryCount >= unreadableRetries,
    );
    if (last.length > 0) {
      const jobs = last.map(({ job }) => job);
      await makeLastAttempt(sql, queue, jobs);
      log.error(
        { queue, jobIds: jobs.map(({ id }) => id), reason: message },
        "Jobs went to the dead letters",
      );
    }
    // Not one transaction: a job whose delay is not set runs again too, only sooner.
    await boss.fail(
      queue,
      group.map(({ job }) => attemptOf(job)),
      { message },
      { db },
    );
    for (const [seconds, outcomes] of Map.groupBy(group, (outcome) => delayOf(outcome, settings))) {
      const ids = outcomes.map(({ job }) => job.id);
      await retryAfter(sql, queue, ids, seconds);
    }
  }
}

/** Before a failed job's next attempt. */
function delayOf({ job, fault }: Outcome, settings: Queue): number {
  if (fault instanceof RetryIn) return fault.seconds;
  const { retryDelaySeconds, firstRetryDelaySeconds = retryDelaySeconds } = settings;
  return job.retryCount === 0 ? firstRetryDelaySeconds : retryDelaySeconds;
}
