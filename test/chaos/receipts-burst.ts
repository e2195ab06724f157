import { paced, percentile } from "../bench/http-load.ts";
import { idIn } from "./client.ts";
import { readLedger } from "./ledger.ts";
import { openPostgres } from "./own-postgres.ts";
import { pick, seeded } from "./random.ts";
import type { Outcome, Scenario, ScenarioOptions } from "./scenario.ts";
import { type ChaosService, openSystem, type System } from "./system.ts";
import { until } from "./until.ts";

export const burstSettings = { LOG_LEVEL: "error" };

export const receiptsBurst: Scenario = {
  describe: "so many receipts come at once, some twice, some for nobody, while texts go out",
  sends: 50_000,
  unit: "receipts",
  async run(options) {
    await using database = await openPostgres();
    await using system = await openSystem({ databaseUrl: database.url, env: burstSettings });
    return await burst(system, { ...options, secondsBefore: 10 });
  },
};

interface BurstOptions extends ScenarioOptions {
  /** How long to measure sends alone. */
  secondsBefore: number;
}

/** Texts a second that go out before and during the burst. */
const perSecond = 20;
/** A provider's connections, and the receipts that wait for an answer. */
const atOnce = 200;
const decidedMs = 300_000;

/** Posts a burst of receipts and accounts for each; `sends` is how many. */
export async function burst(
  system: System,
  { seed, sends: count, secondsBefore, say }: BurstOptions,
): Promise<Outcome> {
  const { sandbox, sql } = system;
  const live = await system.addService("Live Council", "/callback");
  const past = await system.addService("Past Council", "/callback/past");
  await sql`delete from service_callback_api where service_id = ${past.id}`;
  const plan = await planBurst(system, past, { random: seeded(seed), count });
  const ids = new Set<string>();
  const send = async () => {
    ids.add(idIn(await live.client.sendSms("live")));
  };
  // The first requests also pay for connections and caches.
  await paced(send, { perSecond, seconds: 1 });

  say(`${perSecond} texts a second alone`);
  const before = await paced(send, { perSecond, seconds: secondsBefore });

  say(`${plan.posts.length} receipts beside them`);
  const startedAt = performance.now();
  let deciding = true;
  const during: number[] = [];
  const sendOn = async () => {
    while (deciding) during.push(...(await paced(send, { perSecond, seconds: 1 })));
  };
  const sending = sendOn();
  const posted = await postAll(system.api.url, plan.posts);
  const intakeSeconds = (performance.now() - startedAt) / 1000;
  await until(
    async () => {
      // By an index, so that asking costs little of what is measured.
      const [waiting] = await sql`
        select from pgboss.job where name = 'sms-receipts' and state < 'active' and not blocked limit 1`;
      if (waiting) return false;
      const [running] = await sql`
        select from pgboss.job where name = 'sms-receipts' and state = 'active' limit 1`;
      return running === undefined;
    },
    { what: "All receipts are decided", timeoutMs: decidedMs, everyMs: 50 },
  ).catch((error: Error) => say(error.message));
  const decidedSeconds = (performance.now() - startedAt) / 1000;
  deciding = false;
  await sending;

  const calledBack = () => readLedger(sandbox).calledBack;
  await until(() => calledBack().size >= ids.size, {
    what: "All texts are called back",
    timeoutMs: 60_000,
    everyMs: 100,
  }).catch((error: Error) => say(error.message));
  const rows = await sql<{ id: string; status: string }[]>`
    select id, status from notifications where service_id = ${past.id}`;
  const wrong = rows.filter(({ id, status }) => plan.expected.get(id) !== status).length;
  const [{ dead } = { dead: 0 }] = await sql<{ dead: number }[]>`
    select count(*)::int as dead from pgboss.job where name = 'dead-letters' or state = 'failed'`;
  const told = calledBack();
  const untold = [...ids].filter((id) => !told.has(id)).length;
  during.sort((a, b) => a - b);

  const figures = {
    receipts: plan.posts.length,
    notifications: plan.expected.size,
    repeated_after_503: posted.repeated,
    not_taken: posted.failed,
    wrong_status: wrong,
    receipts_taken_per_s: plan.posts.length / intakeSeconds,
    receipts_decided_per_s: plan.posts.length / decidedSeconds,
    texts_during: during.length,
    texts_not_called_back: untold,
    accept_p50_ms_before: percentile(before, 0.5),
    accept_p50_ms_during: percentile(during, 0.5),
    accept_p99_ms_before: percentile(before, 0.99),
    accept_p99_ms_during: percentile(during, 0.99),
  };
  const faults: string[] = [];
  if (posted.failed > 0) faults.push(`${posted.failed} receipts were not taken`);
  if (wrong > 0) faults.push(`${wrong} notifications have another status than their receipt's`);
  if (dead > 0) faults.push(`${dead} jobs failed`);
  if (untold > 0) faults.push(`${untold} texts were not called back`);
  // Far above what is seen, and below what a starved system would take.
  if (figures.accept_p99_ms_during > 1000 + 3 * figures.accept_p99_ms_before)
    faults.push("accepting suffers");
  return { figures, faults };
}

interface Post {
  path: string;
  headers: Record<string, string>;
  body: string;
}

interface Plan {
  posts: readonly Post[];
  /** What each notification must become. */
  expected: ReadonlyMap<string, string>;
}

/** What one provider says of one text, and what that makes of it. */
const stories: readonly { status: string; tell: (id: string) => Post[] }[] = [
  { status: "delivered", tell: (id) => [mmg(id, "3", "5")] },
  { status: "temporary-failure", tell: (id) => [mmg(id, "4", "27")] },
  { status: "permanent-failure", tell: (id) => [mmg(id, "5", "52")] },
  { status: "delivered", tell: (id) => [firetext(id, "0", "000")] },
  { status: "permanent-failure", tell: (id) => [firetext(id, "1", "101")] },
  { status: "temporary-failure", tell: (id) => [firetext(id, "2", "000"), firetext(id, "1", "102")] },
];

/** Texts that providers have taken, and `count` receipts for them: one in twenty comes twice, one is for nobody. */
async function planBurst(
  { sql }: System,
  { id: serviceId }: ChaosService,
  { random, count }: { random: () => number; count: number },
): Promise<Plan> {
  const posts: Post[] = [];
  const expected = new Map<string, string>();
  while (posts.length < count) {
    const story = stories[pick(random, stories.length)];
    if (!story) continue;
    const id = uuid(random);
    const told = story.tell(id);
    const chance = pick(random, 20);
    posts.push(...told, ...(chance === 0 ? told : []));
    if (chance !== 1) expected.set(id, story.status);
  }
  await sql`
    insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
      recipient, normalised_to, phone_prefix, rate_multiplier, billable_units, created_at, sent_at, sent_by, updated_at)
    select n.id, ${serviceId}, t.id, 1, 'normal', 'sms', 'sending', '07700900123', '447700900123', '44', 1, 1, now(),
      now(), 'mmg', now()
    from unnest(${[...expected.keys()]}::uuid[]) as n (id), templates t where t.service_id = ${serviceId}`;
  return { posts: shuffled(posts, random), expected };
}

function mmg(CID: string, status: string, substatus: string): Post {
  const rest = { MSISDN: "447700900123", reference: "10000001", deliverytime: "2026-11-21 10:00:00" };
  return {
    path: "/notifications/sms/mmg",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ CID, status, substatus, ...rest }),
  };
}

function firetext(reference: string, status: string, code: string): Post {
  const fields = { mobile: "447700900123", status, code, time: "2026-11-21 10:00:00", reference };
  return {
    path: "/notifications/sms/firetext",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(fields).toString(),
  };
}

function uuid(random: () => number): string {
  const digits = Array.from({ length: 32 }, () => pick(random, 16).toString(16)).join("");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** As a provider does: what is not answered with a 2xx is posted again, more and more slowly. */
async function postAll(apiUrl: string, posts: readonly Post[]) {
  let next = 0;
  let repeated = 0;
  let failed = 0;
  async function post({ path, headers, body }: Post): Promise<void> {
    for (let attempt = 1; attempt <= 10; attempt++) {
      const status = await fetch(apiUrl + path, {
        method: "POST",
        headers,
        body,
        signal: AbortSignal.timeout(30_000),
      }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.status;
        },
        () => null,
      );
      if (status === 200) return;
      if (status !== null && status !== 503) break;
      repeated++;
      await Bun.sleep(100 * 2 ** attempt);
    }
    failed++;
  }
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let each = posts[next++]; each; each = posts[next++]) await post(each);
    }),
  );
  return { repeated, failed };
}
