import { sealBatch } from "../../shared/batch/files.ts";
import { batchJob } from "../../shared/batch/process.ts";
import { enqueue } from "../../shared/queue/enqueue.ts";
import { postgresStorage } from "../../shared/storage/postgres.ts";
import type { Bench } from "./bench.ts";
import { type BenchService, type Ground, openGround } from "./ground.ts";
import { paced, percentile } from "./http-load.ts";
import { peakResidentMb } from "./letters.ts";
import { type System, startSystem, until } from "./system.ts";

/** Of another service, while a batch is stored and sent. */
const othersPerSecond = 20;

/** How long a batch takes to be stored, what another service's texts feel of it, and what memory it takes the worker. */
export const batch: Bench = {
  describe: "seconds until a batch is stored; another service's p95 to its provider; the worker's memory",
  async run({ seconds, rows = 100_000, say }) {
    await using ground = await openGround();
    const system = await startSystem(ground, { services: 2, callbacks: false });
    const [large, other] = system.services;
    if (!large || !other) throw new Error("Cannot start two services");
    await send(system, other, 1);
    say(`another service alone, ${othersPerSecond} texts a second`);
    const before = await latencies(ground, await send(system, other, seconds));

    say(`beside a batch of ${rows.toLocaleString("en-GB")}`);
    const id = await storeFile(ground, large, rows);
    const rssBefore = await peakResidentMb(system.workerPid);
    const startedAt = performance.now();
    await enqueue(ground.sql, [await batchJob({ id, serviceId: large.id })]);
    let storedMs: number | null = null;
    const sent: Sent[] = [];
    // Beyond the last row too: what is stored must still be sent.
    while (storedMs === null || performance.now() < startedAt + seconds * 1000) {
      sent.push(...(await send(system, other, Math.min(1, seconds))));
      storedMs ??= await finishedAfter(ground, id);
      if (performance.now() > startedAt + 600_000) throw new Error("The batch is not stored in 10 minutes");
    }
    const during = await latencies(ground, sent);
    const peak = await peakResidentMb(system.workerPid);
    // The rest need not be sent.
    await ground.sql`delete from pgboss.job where name = 'deliver-sms' and state < 'active'`;
    return {
      seconds_100k_rows: ((storedMs / 1000) * 100_000) / rows,
      others_p95_ms_before: percentile(before, 0.95),
      others_p95_ms_during: percentile(during, 0.95),
      others_p50_ms_before: percentile(before, 0.5),
      others_p50_ms_during: percentile(during, 0.5),
      peak_rss_mb: peak,
      grown_rss_mb: peak - rssBefore,
      rows,
    };
  },
};

async function storeFile({ sql, cipher }: Ground, service: BenchService, rows: number): Promise<string> {
  const id = crypto.randomUUID();
  const csv = Array.from(
    { length: rows },
    (_, n) => `07900${String(n).padStart(6, "0")},Ada Lovelace,Monday 5 May,9:30am`,
  );
  const file = await sealBatch(
    cipher,
    { serviceId: service.id, id },
    ["phone number,name,day,time", ...csv].join("\r\n"),
  );
  await postgresStorage(sql, { timeoutMs: 60_000 }).put([file]);
  await sql`
    insert into jobs (id, service_id, original_file_name, template_id, template_version, notification_count, created_at)
    values (${id}, ${service.id}, 'bench.csv', ${service.smsTemplate}, 1, ${rows}, now())`;
  return id;
}

/** From its first row until its last; null while there are rows that wait. */
async function finishedAfter({ sql }: Ground, id: string): Promise<number | null> {
  const [row] = await sql<{ ms: number | null }[]>`
    select case when job_status = 'finished all notifications created'
      then extract(epoch from (select max(stored_at) from job_row_groups where job_id = jobs.id) - processing_started)::float8 * 1000
      end as ms
    from jobs where id = ${id}`;
  return row?.ms ?? null;
}

interface Sent {
  id: string;
  requestedAt: number;
}

/** Sends texts at a steady rate for so long. */
async function send({ apiUrl }: System, service: BenchService, seconds: number): Promise<Sent[]> {
  const sent: Sent[] = [];
  await paced(
    async () => {
      const requestedAt = performance.timeOrigin + performance.now();
      const response = await fetch(`${apiUrl}/v2/notifications/sms`, {
        method: "POST",
        headers: { Authorization: service.authorization() },
        body: `{"phone_number":"07700900123","template_id":"${service.smsTemplate}","personalisation":{"name":"Ada","day":"Monday","time":"9:30am"}}`,
      });
      const { id }: { id: string } = await response.json();
      sent.push({ id, requestedAt });
    },
    { perSecond: othersPerSecond, seconds },
  );
  return sent;
}

/** From the request until a provider had taken the text, in milliseconds, sorted. */
async function latencies({ sql }: Ground, sent: readonly Sent[]): Promise<number[]> {
  const ids = sent.map(({ id }) => id);
  const sentAt = new Map<string, number>();
  await until(
    async () => {
      const rows = await sql<{ id: string; sentAt: Date }[]>`
        select id, sent_at as "sentAt" from notifications where id = any(${ids}::uuid[]) and sent_at is not null`;
      for (const row of rows) sentAt.set(row.id, row.sentAt.getTime());
      return rows.length === ids.length;
    },
    "all texts of the other service are sent",
    120_000,
  );
  return sent
    .map(({ id, requestedAt }) => (sentAt.get(id) ?? Number.NaN) - requestedAt)
    .sort((a, b) => a - b);
}
