import { fireSchedule } from "../../shared/schedule/queries.ts";
import { openDay } from "./bad-day-ledger.ts";
import { openPostgres } from "./own-postgres.ts";
import { seeded } from "./random.ts";
import type { Outcome, Scenario, ScenarioOptions } from "./scenario.ts";
import { openSplitSystem, type SplitSystem } from "./split-system.ts";
import { until } from "./until.ts";

/** Two of them fail, two hang. */
const usualMinutes = 6;

export const badDay: Scenario = {
  describe: "a text provider fails, then hangs, then recovers, and SES throttles",
  sends: 500,
  unit: "texts a second",
  minutes: usualMinutes,
  async run(options) {
    await using database = await openPostgres();
    await using system = await openSplitSystem({ databaseUrl: database.url, services: 10, workers: 1 });
    return await liveThrough(system, {
      ...options,
      seconds: 60 * (options.minutes ?? usualMinutes),
      windsClock: false,
    });
  },
};

/** For a day of seconds: time-outs are shorter than its phases. */
export const shortDay = {
  services: 4,
  workers: 1,
  env: { SMS_TIMEOUT_MS: "1000", EMAIL_TIMEOUT_MS: "1000" },
};

export interface BadDayOptions extends ScenarioOptions {
  /** How long texts flow in all. */
  seconds: number;
  /** What waits for its next attempt when the flow ends does not wait for it any longer. */
  windsClock: boolean;
}

type Trouble = (system: SplitSystem) => Promise<void>;

interface Phase {
  name: string;
  /** Of the whole day. */
  share: number;
  begin: Trouble;
}

const mmg = { provider: "mmg" } as const;
const hang = { ...mmg, hang: true, accept_without_answer: true } as const;

const phases: readonly Phase[] = [
  { name: "calm", share: 1 / 12, begin: async () => {} },
  {
    name: "500",
    share: 1 / 3,
    async begin({ setFault }) {
      await setFault({ ...mmg, status: 500 });
      const headers = { "x-amzn-errortype": "TooManyRequestsException" };
      await setFault({ provider: "ses", status: 429, headers });
    },
  },
  {
    name: "hangs",
    share: 1 / 9,
    async begin({ clearFaults, setFault }) {
      await clearFaults();
      await setFault({ ...mmg, hang: true });
    },
  },
  // It has the text, and its receipt says so before the time-out.
  { name: "takes, hangs", share: 1 / 9, begin: ({ setFault }) => setFault(hang) },
  // The window in which a text is sent twice: nothing tells that it has it.
  {
    name: "mute",
    share: 1 / 9,
    begin: ({ setFault }) => setFault({ ...hang, receipt_delay_ms: 60_000 }),
  },
  { name: "recovered", share: 1 / 6, begin: ({ clearFaults }) => clearFaults() },
  // Quarters of an hour pass between steps back, which nobody wants to wait for.
  { name: "hours later", share: 1 / 12, begin: passHours },
];

/** What a text may wait for in the end: the retries of throttled emails are five minutes apart. */
const settleMs = 400_000;

/** Texts at a steady rate, and a fiftieth as many emails, through all phases; then accounts for each. */
export async function liveThrough(
  system: SplitSystem,
  { seed, sends: perSecond, seconds, windsClock, say }: BadDayOptions,
): Promise<Outcome> {
  const { sql } = system;
  const day = openDay(system, seeded(seed));
  await day.warmUp();

  day.start(perSecond);
  let atWorst = Number.NaN;
  for (const { name, share, begin } of phases) {
    const startedAt = performance.now();
    say(name);
    day.enter(name);
    await begin(system);
    await Bun.sleep(Math.max(0, share * seconds * 1000 - (performance.now() - startedAt)));
    if (name === "mute") atWorst = await priorityOf(system, "mmg");
  }
  const atEnd = await priorityOf(system, "mmg");
  await day.stop();

  say("settling");
  const startedAt = performance.now();
  let left = 0;
  const ended = async () => {
    if (windsClock)
      await sql`update pgboss.job set start_after = now() where state = 'retry' and start_after > now()`;
    left = await day.unfinished();
    return left === 0;
  };
  await until(ended, {
    what: () => `All has ended (${left} have not)`,
    timeoutMs: settleMs,
    everyMs: 500,
  }).catch((error: Error) => say(error.message));
  const settledSeconds = (performance.now() - startedAt) / 1000;

  const { figures, faults, table } = await day.account();
  for (const line of table) say(line);
  if (!(atWorst < 51)) faults.push(`MMG's share never moved: ${atWorst}`);
  if (atEnd !== 51) faults.push(`MMG's share did not return: ${atEnd}`);
  return {
    figures: {
      ...figures,
      mmg_priority_at_worst: atWorst,
      mmg_priority_at_end: atEnd,
      seconds_to_settle: settledSeconds,
    },
    faults,
  };
}

async function priorityOf({ sql }: SplitSystem, name: string): Promise<number> {
  const [row] = await sql<{ priority: number }[]>`
    select priority from provider_details where identifier = ${name}`;
  return row?.priority ?? Number.NaN;
}

/** Makes providers' last change a quarter of an hour old and lets the balancing run, until nothing changes any more. */
async function passHours(system: SplitSystem): Promise<void> {
  const { sql } = system;
  for (let quarter = 0; quarter < 12 && (await priorityOf(system, "mmg")) !== 51; quarter++) {
    await sql`update provider_details set updated_at = now() - interval '16 minutes' where notification_type = 'sms'`;
    const dueAt = new Date(Date.UTC(2020, 0, 1, quarter));
    await fireSchedule(sql, "tend-providers-back-to-middle", dueAt);
    await until(
      async () => {
        const [run] = await sql`select from task_runs where due_at = ${dueAt} and finished_at is not null`;
        return run !== undefined;
      },
      { what: "Providers were tended back", timeoutMs: 20_000 },
    );
  }
}
