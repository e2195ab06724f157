import type { Db, Pool } from "../database.ts";
import type { Span } from "../facts/days.ts";
import type { Status } from "../notification/notification.ts";
import type { Step } from "./range.ts";
import { bounds, bucketCount } from "./time-buckets.ts";

/** In the place of a service's id: all services together. */
export const allServices = "00000000-0000-0000-0000-000000000000";

/** What counts as failed, as in a service's statistics. */
const failed: readonly Status[] = [
  "failed",
  "technical-failure",
  "temporary-failure",
  "permanent-failure",
  "validation-failed",
  "virus-scan-failed",
];

const minuteMs = 60_000;
/** Minutes in one transaction that were not counted before. */
const most = 10;
/** How far back counting begins, at first and after a longer gap. */
const backHours = 24;

export interface CountedMinutes extends Span {
  /** Whether there is no whole minute left. */
  isDone: boolean;
}

/**
 * Counts the next minutes that are over at an instant, and once more those that the last run counted: what happened in
 * them may have been committed since. Both take the place of what was counted before, and are summed up into the longer
 * steps. A message counts as delivered or failed by what it was then. Of several who count at once, each waits for the
 * others. Where the database's clock is behind, that counts.
 */
export async function countMinutes(sql: Pool, at: Date): Promise<CountedMinutes> {
  return await sql.begin(async (tx) => {
    const [progress] = await tx<(Progress & { at: Date })[]>`
      select counted_until as "countedUntil", recount_from as "recountFrom", least(${at}, clock_timestamp()) as at
      from traffic_progress for update`;
    if (!progress) throw new Error("Cannot count: traffic_progress is empty");
    const isNew = progress.countedUntil === null && !(await hasOlder(tx, progress.at));
    const { from, next, to, isDone } = nextMinutes(progress, progress.at, isNew);
    await countSpan(tx, { from, to });
    for (const step of sums) await sumUp(tx, step, { from, to });
    // A run without new minutes leaves it to the next to count the last ones again.
    await tx`
      update traffic_progress set counted_until = ${to},
        recount_from = case when ${next}::timestamptz < ${to}::timestamptz then ${next} else recount_from end`;
    return { from, to, isDone };
  });
}

interface Progress {
  countedUntil: Date | null;
  recountFrom: Date | null;
}

/** Whether there are messages from before the last few minutes; where there are not, a day need not be gone through. */
async function hasOlder(tx: Db, at: Date): Promise<boolean> {
  const before = new Date(at.getTime() - most * minuteMs);
  const [row] = await tx<{ has: boolean }[]>`
    select exists (select from notifications where created_at < ${before}) as has`;
  return row?.has ?? false;
}

/** From which minute on all are counted, from which on for the first time, and up to which. */
function nextMinutes({ countedUntil, recountFrom }: Progress, at: Date, isNew: boolean) {
  const end = Math.floor(at.getTime() / minuteMs) * minuteMs;
  const earliest = end - (isNew ? most : backHours * 60) * minuteMs;
  const next = countedUntil === null ? earliest : Math.max(earliest, Math.min(countedUntil.getTime(), end));
  const to = Math.min(end, next + most * minuteMs);
  const again = Math.max(recountFrom?.getTime() ?? next, next - most * minuteMs);
  const from = Math.min(next - minuteMs, again);
  return { from: new Date(from), next: new Date(next), to: new Date(to), isDone: to === end };
}

/** Each from the one before. */
const sums: readonly { from: Step; to: Step }[] = [
  { from: 60, to: 300 },
  { from: 300, to: 900 },
  { from: 900, to: 3600 },
  { from: 3600, to: 14_400 },
];

/** Counts minutes from the notifications. Reads those that something happened to in them, and few more. */
async function countSpan(tx: Db, { from, to }: Span): Promise<void> {
  const when = { from: from.toISOString(), to: to.toISOString() };
  const group = (instant: string) => tx`
    date_bin('1 minute', ${tx(instant)}, 'epoch') as at, service_id, notification_type as channel,
    key_type = 'test' as is_test`;
  const within = (instant: string) => tx`
    ${tx(instant)} >= ${when.from}::timestamptz and ${tx(instant)} < ${when.to}::timestamptz`;
  await tx`
    with counted as materialized (
      select ${group("created_at")}, null as provider, null::integer as bucket,
        count(*) as accepted, 0 as sent, 0 as delivered, 0 as failed
      from notifications where ${within("created_at")} group by 1, 2, 3, 4
      union all
      select ${group("sent_at")}, sent_by,
        width_bucket(extract(epoch from sent_at - created_at)::float8, ${[...bounds]}::float8[]), 0, count(*), 0, 0
      from notifications where ${within("sent_at")} group by 1, 2, 3, 4, 5, 6
      union all
      select ${group("updated_at")}, sent_by, null, 0, 0, count(*) filter (where status = 'delivered'),
        count(*) filter (where status <> 'delivered')
      from notifications
      where ${within("updated_at")} and status = any(${["delivered", ...failed]})
      group by 1, 2, 3, 4, 5
    ), by_provider as (
      select at, provider, sum(sent)::integer as sent, sum(delivered)::integer as delivered,
        sum(failed)::integer as failed
      from counted where provider is not null and not is_test group by at, provider
    ), no_more as (
      delete from traffic_providers t where ${within("at")}
        and not exists (select from by_provider p where p.at = t.at and p.provider = t.provider)
    ), carried as (
      insert into traffic_providers as t (at, provider, sent, delivered, failed) select * from by_provider
      on conflict (at, provider) do update
        set sent = excluded.sent, delivered = excluded.delivered, failed = excluded.failed
        where (t.sent, t.delivered, t.failed) is distinct from (excluded.sent, excluded.delivered, excluded.failed)
    ), steps as (
      select at, coalesce(service_id, ${allServices}::uuid) as service_id, channel, is_test, ${sumsOf(tx)},
        case when sum(sent) > 0 then ${arrayOf(tx, (n) => tx`sum(sent) filter (where bucket = ${n})`)} end as times
      from counted group by grouping sets ((at, channel, is_test, service_id), (at, channel, is_test))
    ), ${replaced(tx, 60, when)}`;
}

/** Sums the steps of one length up into those of a longer one that begin before the end of a span and end in or after it. */
async function sumUp(tx: Db, step: { from: Step; to: Step }, { from, to }: Span): Promise<void> {
  const stepMs = step.to * 1000;
  const when = {
    from: new Date(Math.floor(from.getTime() / stepMs) * stepMs).toISOString(),
    to: new Date(Math.ceil(to.getTime() / stepMs) * stepMs).toISOString(),
  };
  await tx`
    with steps as (
      select date_bin(${step.to} * interval '1s', at, 'epoch') as at, service_id, channel, is_test, ${sumsOf(tx)},
        case when sum(sent) > 0 then ${arrayOf(tx, (n) => tx`sum(times[${n + 1}::integer])`)} end as times
      from traffic
      where step_seconds = ${step.from} and at >= ${when.from}::timestamptz and at < ${when.to}::timestamptz
      group by 1, 2, 3, 4
    ), ${replaced(tx, step.to, when)}`;
}

function sumsOf(tx: Db) {
  return tx`sum(accepted)::integer as accepted, sum(sent)::integer as sent, sum(delivered)::integer as delivered,
    sum(failed)::integer as failed`;
}

/** An array of what is summed for each kind of time. */
function arrayOf(tx: Db, sum: (bucket: number) => ReturnType<Db>) {
  const elements = Array.from({ length: bucketCount }, (_, n) => tx`coalesce(${sum(n)}, 0)`);
  return tx`array[${elements.flatMap((one, n) => (n === 0 ? [one] : [tx`, `, one]))}]::integer[]`;
}

/** The end of a statement whose `steps` are put in place of what was kept of the time; what is the same stays untouched. */
function replaced(tx: Db, stepSeconds: Step, { from, to }: Record<"from" | "to", string>) {
  return tx`
    gone as (
      delete from traffic t
      where t.step_seconds = ${stepSeconds} and t.at >= ${from}::timestamptz and t.at < ${to}::timestamptz
        and not exists (select from steps s where s.at = t.at and s.service_id = t.service_id
          and s.channel = t.channel and s.is_test = t.is_test)
    )
    insert into traffic as t (step_seconds, service_id, at, channel, is_test, accepted, sent, delivered, failed, times)
    select ${stepSeconds}, service_id, at, channel, is_test, accepted, sent, delivered, failed, times from steps
    on conflict (step_seconds, service_id, at, channel, is_test) do update
      set accepted = excluded.accepted, sent = excluded.sent, delivered = excluded.delivered,
        failed = excluded.failed, times = excluded.times
      where (t.accepted, t.sent, t.delivered, t.failed, t.times) is distinct from
        (excluded.accepted, excluded.sent, excluded.delivered, excluded.failed, excluded.times)`;
}
