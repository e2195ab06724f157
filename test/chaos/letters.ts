import { deadlineOf, lastClosed } from "../../shared/letter/print-day.ts";
import { collatingJob, startPrintRun, uploadingJob } from "../../shared/letter/print-run.ts";
import { enqueue, wakeChannel } from "../../shared/queue/enqueue.ts";
import { type LetterSystem, openLetterSystem } from "./letter-system.ts";
import { type OwnPostgres, openPostgres } from "./own-postgres.ts";
import { pick, seeded } from "./random.ts";
import type { Outcome, Scenario, ScenarioOptions } from "./scenario.ts";
import { until } from "./until.ts";

export const letters: Scenario = {
  describe: "worker, printer and Postgres are killed (-9) at random points of print runs of 300 letters",
  sends: 200,
  unit: "kills",
  async run({ seed, sends: kills, say }) {
    return await killPrintRuns({ seed, kills, lettersARun: 300, say });
  },
};

interface KillOptions extends Pick<ScenarioOptions, "seed" | "say"> {
  kills: number;
  lettersARun: number;
}

const victims = ["postgres", "printer", "worker"] as const;
type Victim = (typeof victims)[number];

const recoveryMs = 120_000;
const longestWaitMs = 500;

interface Ground {
  database: OwnPostgres;
  system: LetterSystem;
}

/** Kills until there were so many, in as many runs as that takes, and accounts for every letter. */
export async function killPrintRuns({ seed, kills, lettersARun, say }: KillOptions): Promise<Outcome> {
  const random = seeded(seed);
  await using database = await openPostgres();
  await using system = await openLetterSystem({ databaseUrl: database.url, picksUp: seed % 2 === 0 });
  const ground = { database, system };
  const startedAt = performance.now();
  const killed = new Map<Victim, number>(victims.map((victim) => [victim, 0]));
  const faults: string[] = [];
  const known = new Map<string, string>();
  const nudges = { retried: 0, queuedAgain: 0 };
  let underWay = 0;
  let struck = 0;
  let runs = 0;

  while (struck < kills && faults.length === 0) {
    runs++;
    for (const [reference, id] of await system.addLetters(lettersARun)) known.set(reference, id);
    await beginRun(system);
    // At first each in turn, so that a short run has them all.
    while (struck < kills && (await isUnfinished(system))) {
      await Bun.sleep(pick(random, longestWaitMs));
      const victim = victims[struck < victims.length ? struck : pick(random, victims.length)] ?? "worker";
      if (await isWorking(system)) underWay++;
      await strike(victim, ground);
      killed.set(victim, (killed.get(victim) ?? 0) + 1);
      struck++;
      await nudge(system, nudges);
    }
    await until(
      async () => {
        await nudge(system, nudges);
        return !(await isUnfinished(system));
      },
      { what: `Run ${runs} is with the printer`, timeoutMs: recoveryMs, everyMs: 250 },
    ).catch((error: Error) => faults.push(error.message));
    say(`run ${runs}: ${struck} kills, ${underWay} of them over work`);
  }

  const zips = system.zips();
  const times = new Map<string, number>();
  for (const reference of zips.flatMap((zip) => zip.references)) {
    times.set(reference, (times.get(reference) ?? 0) + 1);
  }
  const references = [...known.keys()];
  const missing = references.filter((reference) => !times.has(reference)).length;
  const repeated = references.filter((reference) => (times.get(reference) ?? 0) > 1).length;
  const wrong = await countWrong(system);
  const names = new Set(zips.map(({ name }) => name));
  const fault = (count: number, what: string) => {
    if (count > 0) faults.push(`${count} ${what}`);
  };
  fault(missing, "letters are in no zip");
  fault(repeated, "letters are in more than one zip");
  fault(zips.length - names.size, "zips came again");
  fault(wrong.letters, "letters are not sending");
  fault(wrong.batches, "batches are not uploaded");
  return {
    figures: {
      kills: struck,
      ...Object.fromEntries(victims.map((victim) => [`kills_${victim}`, killed.get(victim) ?? 0])),
      kills_over_work: underWay,
      runs,
      letters: known.size,
      zips: zips.length,
      letters_missing: missing,
      letters_printed_twice: repeated,
      attempts_made_due: nudges.retried,
      batches_queued_again: nudges.queuedAgain,
      seconds: (performance.now() - startedAt) / 1000,
    },
    faults,
  };
}

async function beginRun({ sql }: LetterSystem): Promise<void> {
  const at = new Date();
  const printDate = lastClosed(at);
  const run = { id: crypto.randomUUID(), printDate, deadline: deadlineOf(printDate), reason: "chaos", at };
  await startPrintRun(sql, { ...run, kind: "manual" });
}

async function strike(victim: Victim, { database, system }: Ground): Promise<void> {
  if (victim === "postgres") {
    await database.kill();
    await database.start();
    await forgetSoon(system);
    return;
  }
  const part = system[victim];
  await part.kill();
  if (victim === "worker") await forgetDead(system);
  part.start();
  await part.ready();
}

/** As time would: a dead worker's heartbeat and claims lapse, half a minute and a minute later. */
async function forgetDead({ sql }: LetterSystem): Promise<void> {
  await sql`
    update pgboss.job set state = 'created', started_on = null, heartbeat_on = null
    where name in ('collate-letters', 'upload-letter-batch') and state = 'active'`;
  await sql`update letter_batches set claimed_until = now() - interval '1s' where claimed_until is not null`;
}

/** As time would: jobs whose end their worker could not note are missed after twenty seconds. */
async function forgetSoon({ sql }: LetterSystem): Promise<void> {
  await sql`
    update pgboss.job set heartbeat_on = heartbeat_on - interval '15s'
    where name in ('collate-letters', 'upload-letter-batch') and state = 'active'`;
}

/**
 * As time would, which ends claims that nobody holds and brings the next attempt five minutes on; and as an operator,
 * where attempts are used up.
 */
async function nudge({ sql }: LetterSystem, counts: { retried: number; queuedAgain: number }): Promise<void> {
  try {
    const { count } = await sql`
      update pgboss.job set start_after = now()
      where name in ('collate-letters', 'upload-letter-batch') and state = 'retry' and start_after > now()`;
    counts.retried += count;
    await sql`
      update letter_batches set claimed_until = null where claimed_until is not null and not exists (
        select from pgboss.job where name = 'upload-letter-batch' and state = 'active')`;
    const left = await sql<{ id: string; what: "run" | "batch" }[]>`
      select r.id, 'run' as what from print_runs r where r.status = 'planning' and not exists (
        select from pgboss.job j where j.name = 'collate-letters' and j.state <= 'active' and j.data->>'runId' = r.id::text)
      union all
      select b.id, 'batch' from letter_batches b join print_runs r on r.id = b.run_id
      where r.status = 'planned' and b.state in ('planned', 'uploading', 'placing') and not exists (
        select from pgboss.job j
        where j.name = 'upload-letter-batch' and j.state <= 'active' and j.data->>'batchId' = b.id::text)`;
    await enqueue(
      sql,
      left.map(({ id, what }) => (what === "run" ? collatingJob(id) : uploadingJob(id))),
    );
    counts.queuedAgain += left.length;
    for (const queue of ["collate-letters", "upload-letter-batch"]) {
      await sql`select pg_notify(${wakeChannel}, ${queue})`;
    }
  } catch {
    // The database is just coming back; the next nudge finds it.
  }
}

/** Something is being planned or sent this moment. */
async function isWorking({ sql }: LetterSystem): Promise<boolean> {
  const rows = await sql`
    select from pgboss.job where name in ('collate-letters', 'upload-letter-batch') and state = 'active' limit 1`.catch(
    () => [],
  );
  return rows.length > 0;
}

async function isUnfinished({ sql }: LetterSystem): Promise<boolean> {
  const [row] = await sql<{ unfinished: boolean }[]>`
    select exists (select from notifications where status = 'created')
      or exists (select from letter_batches where state in ('planned', 'uploading', 'placing')) as unfinished`.catch(
    () => [{ unfinished: true }],
  );
  return row?.unfinished ?? true;
}

async function countWrong({ sql }: LetterSystem): Promise<{ letters: number; batches: number }> {
  const [row] = await sql<{ letters: number; batches: number }[]>`
    select (select count(*)::int from notifications where status <> 'sending' or sent_at is null) as letters,
      (select count(*)::int from letter_batches where state <> 'uploaded') as batches`;
  return row ?? { letters: -1, batches: -1 };
}
