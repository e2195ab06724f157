import { type Answer, idIn } from "./client.ts";
import { readLedger } from "./ledger.ts";
import { type OwnPostgres, openPostgres } from "./own-postgres.ts";
import type { Outcome, Scenario, ScenarioOptions } from "./scenario.ts";
import { type ChaosService, openSystem, type System } from "./system.ts";
import { until } from "./until.ts";

const admitTimeoutMs = 2000;
/** Longer than what the API knows of services and templates stays fresh. */
const outageMs = 4000;
/** Over the API's own limit: for a machine that is busy with other things. */
const slackMs = 3000;

/** Postgres away while API and worker run: stopped, then hung. Neither process may need a restart. */
export const database: Scenario = {
  describe: "Postgres is stopped and started again, then hangs for some seconds, in a stream of sends",
  sends: 1000,
  async run(options) {
    await using postgres = await openPostgres();
    await using system = await openSystem({
      databaseUrl: postgres.url,
      env: { ADMIT_TIMEOUT_MS: String(admitTimeoutMs) },
    });
    return await loseDatabase(system, postgres, options);
  },
};

async function loseDatabase(
  system: System,
  postgres: OwnPostgres,
  { sends, say }: ScenarioOptions,
): Promise<Outcome> {
  const { api, workers, sandbox } = system;
  const service = await system.addService("Chaos Council", "/callback");
  const faults: string[] = [];
  const stream = startStream(service, sends);
  await until(() => stream.accepted.size >= Math.min(50, sends / 4), {
    what: "A stream of sends",
    timeoutMs: 30_000,
  });

  say("Stopping Postgres");
  const stopped = await probeOutage(system, service, stream, () => postgres.stop());
  say("Starting Postgres");
  await postgres.start();
  const backAt = performance.now();
  await untilAccepted(stream);
  const backAfterStop = performance.now() - backAt;
  await untilListening(system);

  say("Hanging Postgres");
  const hung = await probeOutage(system, service, stream, async () => postgres.hang());
  say("Waking Postgres");
  postgres.resume();
  const awakeAt = performance.now();
  await untilAccepted(stream);
  const backAfterHang = performance.now() - awakeAt;
  await untilListening(system);

  const stoppedAt = performance.now();
  await stream.stop();
  let seen = "";
  await until(
    () => {
      const { calledBack } = readLedger(sandbox);
      const missing = [...stream.accepted].filter((id) => !calledBack.has(id));
      seen = `${missing.length} of ${stream.accepted.size} missing`;
      return missing.length === 0;
    },
    { what: () => `All that was accepted is called back (${seen})`, timeoutMs: 120_000, everyMs: 250 },
  ).catch((error: Error) => faults.push(error.message));
  const toFinish = performance.now() - stoppedAt;

  for (const [name, { wrong }] of Object.entries({ stopped, hung })) {
    for (const what of wrong) faults.push(`Postgres ${name}: ${what}`);
  }
  for (const part of [api, ...workers]) {
    await part.ready().catch((error: Error) => faults.push(error.message));
  }
  const { sent } = readLedger(sandbox);
  return {
    figures: {
      accepted: stream.accepted.size,
      not_accepted: stream.refused(),
      slowest_answer_stopped_ms: stopped.slowestMs,
      slowest_answer_hung_ms: hung.slowestMs,
      ms_to_accept_after_start: backAfterStop,
      ms_to_accept_after_hang: backAfterHang,
      ms_to_finish: toFinish,
      duplicates: [...sent.values()].filter((times) => times > 1).length,
    },
    faults,
  };
}

interface Stream {
  accepted: ReadonlySet<string>;
  refused(): number;
  stop(): Promise<void>;
}

/** A few senders that go on until they are stopped, or have sent so many. */
function startStream({ client }: ChaosService, sends: number): Stream {
  const accepted = new Set<string>();
  let refused = 0;
  let sent = 0;
  let stopping = false;
  const senders = Array.from({ length: 4 }, async () => {
    while (!stopping) {
      if (accepted.size < sends) {
        const answer = await client.sendSms(`send-${sent++}`);
        if (answer.status === 201) accepted.add(idIn(answer));
        else refused++;
      }
      // So that the stream lasts, and an API that refuses at once is not flooded.
      await Bun.sleep(10);
    }
  });
  return {
    accepted,
    refused: () => refused,
    async stop() {
      stopping = true;
      await Promise.all(senders);
    },
  };
}

interface Outage {
  slowestMs: number;
  wrong: string[];
}

/** Takes the database away and asks the API everything until the outage has lasted long enough. */
async function probeOutage(
  { api }: System,
  { client }: ChaosService,
  stream: Stream,
  begin: () => Promise<void>,
): Promise<Outage> {
  const [known = ""] = stream.accepted;
  await begin();
  const begunAt = performance.now();
  const wrong = new Set<string>();
  let slowestMs = 0;
  do {
    const answers = await Promise.all([
      client.sendSms("outage"),
      client.get(`/v2/notifications/${known}`),
      client.get("/v2/notifications"),
      plainly(`${api.url}/_ready`),
    ]);
    const [send, read, list, ready] = answers;
    for (const [what, answer] of Object.entries({ send, read, list })) {
      if (!isUnavailable(answer)) wrong.add(`a ${what} got ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    if (ready.status !== 503) wrong.add(`/_ready answered ${ready.status}`);
    const simple = await plainly(`${api.url}/_status?simple=1`);
    if (simple.status !== 200) wrong.add(`/_status?simple=1 answered ${simple.status}`);
    slowestMs = Math.max(slowestMs, ...answers.map(({ ms }) => ms));
  } while (performance.now() - begunAt < outageMs);
  // Authentication and the send may each wait once.
  if (slowestMs > 2 * admitTimeoutMs + slackMs)
    wrong.add(`the slowest answer took ${Math.round(slowestMs)} ms`);
  return { slowestMs, wrong: [...wrong] };
}

function isUnavailable({ status, body }: Answer): boolean {
  const { errors, status_code: code } = Object(body);
  return status === 503 && code === 503 && Array.isArray(errors) && errors[0]?.error === "ServiceUnavailable";
}

async function plainly(url: string): Promise<Answer> {
  const startedAt = performance.now();
  const answer = await fetch(url, { keepalive: false, signal: AbortSignal.timeout(30_000) })
    .then(async (response) => ({ status: response.status, body: await response.json() }))
    .catch(() => ({ status: null, body: null }));
  return { ...answer, ms: performance.now() - startedAt };
}

async function untilAccepted({ accepted }: Stream): Promise<void> {
  const before = accepted.size;
  await until(() => accepted.size > before, { what: "A send is accepted again", timeoutMs: 30_000 });
}

/** Without it the worker would find jobs by polling only. */
async function untilListening({ sql }: System): Promise<void> {
  await until(
    async () => {
      const rows = await sql`
        select from pg_stat_activity
        where application_name = 'pillarbox worker' and query ilike 'listen %' and state = 'idle'`.catch(
        () => [],
      );
      return rows.length > 0;
    },
    { what: "The worker listens again", timeoutMs: 60_000, everyMs: 100 },
  );
}
