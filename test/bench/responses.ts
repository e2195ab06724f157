import type { Pool } from "../../shared/database.ts";
import { dvlaFileId, sealDvlaFile, storeDvlaFile } from "../../shared/letter/dvla-files.ts";
import { postgresStorage } from "../../shared/storage/postgres.ts";
import { freePort } from "../support/free-port.ts";
import type { Bench } from "./bench.ts";
import { type Ground, openGround } from "./ground.ts";
import { peakResidentMb } from "./letters.ts";
import { until } from "./system.ts";

/** For each second that a measurement may take: 150,000 lines by default. */
const linesPerSecond = 18_750;
/** Of lines, one in so many. */
const badOneIn = 100;

const name = "NOTIFY-20261120160000-RSP.TXT";

/** How fast a worker reads a response file, beside a statement for each line as Notify's own code has it. */
export const responses: Bench = {
  describe: "lines a second of one response file, 1 % bad; beside a statement a line; the worker's memory",
  async run({ seconds, say }) {
    await using ground = await openGround();
    const lines = Math.round(linesPerSecond * seconds);
    const bad = Math.floor(lines / badOneIn);
    say(`storing ${lines.toLocaleString("en-GB")} letters`);
    const references = await storeSending(ground, lines - bad);
    const metricsPort = freePort();
    const worker = await ground.start("worker/main.ts", metricsPort, {
      WORKER_METRICS_PORT: String(metricsPort),
    });
    const rssBefore = await peakResidentMb(worker.pid);

    say("one at a time");
    const baseline = await oneByOne(ground.sql, references.slice(0, 2000));
    say("the file");
    const content = fileOf(references, bad);
    const took = await read(ground, content);
    await assertCounts(ground.sql, { lines, bad });
    const peak = await peakResidentMb(worker.pid);

    return {
      lines_per_s: lines / took,
      baseline_lines_per_s: baseline,
      ratio: lines / took / baseline,
      peak_rss_mb: peak,
      grown_rss_mb: peak - rssBefore,
      seconds: took,
      lines,
      mb: content.length / 1e6,
    };
  },
};

async function storeSending({ sql, addService }: Ground, count: number): Promise<string[]> {
  const { id } = await addService("Bench");
  const rows = await sql<{ reference: string }[]>`
    with made as (
      select gen_random_uuid() as id, lpad(n::text, 16, 'BENCH00000000000') as reference
      from generate_series(1, ${count}::integer) n
    ), notified as (
      insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
        recipient, billable_units, created_at, sent_at, sent_by)
      select id, ${id}, ${id}, 1, 'normal', 'letter', 'sending', 'Ada Archer, 1 Mill Lane, Leeds', 1, now(), now(), 'dvla'
      from made
    )
    insert into letters (notification_id, service_id, reference, postage, created_at)
    select id, ${id}, reference, 'second', now() from made returning reference`;
  await sql`vacuum analyze notifications, letters`;
  return rows.map(({ reference }) => reference);
}

/** A tenth unsorted, a fiftieth failed, bad ones spread among them. */
function fileOf(references: readonly string[], bad: number): Uint8Array<ArrayBuffer> {
  const lines = references.map((reference, n) => {
    return `${reference}|${n % 50 === 0 ? "Failed" : "Sent"}|1|${n % 10 === 0 ? "Unsorted" : "Sorted"}|2026-11-20`;
  });
  for (let n = 0; n < bad; n++) lines.splice(n * badOneIn, 0, "cut off|Se");
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n`);
}

/** Seconds from the file's commit until it has been read. */
async function read({ sql, cipher }: Ground, content: Uint8Array<ArrayBuffer>): Promise<number> {
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  const id = await dvlaFileId(name, sha256);
  await postgresStorage(sql, { timeoutMs: 60_000 }).put([await sealDvlaFile(cipher, id, content)]);
  const startedAt = performance.now();
  const file = { id, name, size: content.length, sha256, kind: "response", foundAt: new Date() } as const;
  await storeDvlaFile(sql, file);
  const isRead = async () =>
    (await sql`select from dvla_files where id = ${id} and processed_at is not null`).length > 0;
  await until(isRead, "the file has been read", 300_000);
  return (performance.now() - startedAt) / 1000;
}

/** Lines a second with a look at the letter and an update for each, in one transaction that is taken back. */
async function oneByOne(sql: Pool, references: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  await sql
    .begin(async (tx) => {
      for (const reference of references) {
        const [letter] = await tx<{ id: string }[]>`
          select n.id, n.billable_units from notifications n join letters l on l.notification_id = n.id
          where l.reference = ${reference}`;
        await tx`update notifications set status = 'delivered', updated_at = now() where id = ${letter?.id ?? null}`;
      }
      throw new Rollback();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Rollback)) throw error;
    });
  return references.length / ((performance.now() - startedAt) / 1000);
}

class Rollback extends Error {}

async function assertCounts(sql: Pool, { lines, bad }: { lines: number; bad: number }): Promise<void> {
  const letters = lines - bad;
  const failed = Math.ceil(letters / 50);
  const unsorted = Math.ceil(letters / 10);
  const [row] = await sql<{ found: string; wanted: string }[]>`
    select jsonb_build_array(s->'lines', s->'printed', s->'moved', s->'failed'->'count', s->'bad'->'count',
        s->'unknown'->'count', c->'sorted', c->'unsorted',
        (select count(*) from notifications where status = 'delivered'),
        (select count(*) from notifications where status = 'temporary-failure'),
        (select sorted_count from daily_sorted_letters))::text as found,
      jsonb_build_array(${lines}::int, ${letters - failed}::int, ${letters}::int, ${failed}::int, ${bad}::int, 0,
        ${letters - unsorted}::int, ${unsorted}::int, ${letters - failed}::int, ${failed}::int,
        ${letters - unsorted}::int)::text as wanted
    from (select outcome->'statuses' as s, outcome->'counts' as c from dvla_files) f`;
  if (row?.found !== row?.wanted) throw new Error(`Counted ${row?.found} in place of ${row?.wanted}`);
}
