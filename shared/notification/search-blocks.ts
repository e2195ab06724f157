import type { Db, Pool } from "../database.ts";
import type { Status } from "./notification.ts";
import { failedStatuses, unfinishedStatuses } from "./search-statuses.ts";

/*
 * A search reads descriptions of some hundred notifications each, and of notifications only those of the blocks that may
 * hold what it looks for. They are written behind the newest ones, so that accepting pays nothing.
 */

/** Notifications of a block. One with less than half as many takes more in. */
const blockRows = 512;

/** Services that one statement writes a block of, and blocks that one looks at again. */
const atOnce = 100;

/** So long after its time, at most, an accepted notification becomes visible: no younger one stands in a block. */
const settleMs = 2 * 60_000;

/** A block is looked at again after so long, then each time it has become twice as old. */
const lookAgainMs = 10 * 60_000;

/**
 * Describes what is older than two minutes and stands in no block yet, a block of some services in each step. Answers how
 * many blocks it wrote; where so many steps are not enough, the rest is for another time.
 */
export async function describeNew(
  sql: Pool,
  { now, steps, signal }: { now: Date; steps: number; signal: AbortSignal },
): Promise<number> {
  const until = new Date(now.getTime() - settleMs);
  let written = 0;
  for (let step = 0; step < steps; step++) {
    signal.throwIfAborted();
    const count = await alone(sql, async (tx) => {
      const blocks = await writeNext(tx, until, now);
      if (blocks === 0) {
        await tx`update search_progress set described_until = greatest(described_until, ${until})`;
      }
      return blocks;
    });
    if (count === 0) break;
    written += count;
  }
  return written;
}

/**
 * Looks again at blocks whose time has come: at what became of their notifications, and for what was stored late. Answers
 * how many they were, at most a hundred.
 */
export async function lookAgain(sql: Pool, now: Date): Promise<number> {
  return await alone(sql, async (tx) => {
    return await rewrite(
      tx,
      tx`select * from search_blocks where look_at <= ${now} order by look_at limit ${atOnce}`,
      now,
    );
  });
}

/** Drops from a service's blocks what of its notifications made before an instant is no longer there. */
export async function forgetDeleted(
  sql: Pool,
  { serviceId, before, now, signal }: { serviceId: string; before: Date; now: Date; signal: AbortSignal },
): Promise<void> {
  let changed: number;
  do {
    signal.throwIfAborted();
    changed = await alone(sql, async (tx) => {
      return await rewrite(
        tx,
        tx`
          select b.* from search_blocks b
          where b.service_id = ${serviceId} and b.after_at < ${before}
            and b.row_count > (select count(*) from ${notificationsOf(tx)})
          order by b.after_at, b.after_id limit ${atOnce}`,
        now,
      );
    });
  } while (changed === atOnce);
  await sql`
    delete from failed_notifications f
    where f.service_id = ${serviceId} and f.created_at < ${before}
      and not exists (select from notifications n where n.id = f.id)`;
}

/** Two that write blocks take turns. */
async function alone<T>(sql: Pool, write: (tx: Db) => Promise<T>) {
  return await sql.begin(async (tx) => {
    // What they read is small beside the table, whatever the statistics say.
    await tx`set local enable_seqscan = off`;
    await tx`select from search_progress for update`;
    return await write(tx);
  });
}

/** Before every notification's. */
const firstId = "00000000-0000-0000-0000-000000000000";

/** Writes the next block of services that have something new, or a greater one in place of their last. */
async function writeNext(db: Db, until: Date, now: Date): Promise<number> {
  const isSmall = db`b.row_count < ${blockRows / 2}`;
  const rows = await db`
    with begun as materialized (
      select s.id as service_id,
        case when b.row_count is null then '-infinity' when ${isSmall} then b.after_at else b.last_at end as after_at,
        case when b.row_count is null then ${firstId}::uuid when ${isSmall} then b.after_id else b.last_id end as after_id
      from services s left join lateral (
        select * from search_blocks b where b.service_id = s.id
        order by b.after_at desc, b.after_id desc limit 1) b on true
      where exists (
        select from notifications n
        where n.service_id = s.id and n.created_at >= coalesce(b.last_at, '-infinity') and n.created_at <= ${until}
          and (n.created_at, n.id) > (coalesce(b.last_at, '-infinity'), coalesce(b.last_id, ${firstId})))
      limit ${atOnce}
    ), described as materialized (
      select b.*, d.*
      from begun b cross join lateral (
        select ${description(db)}, (array_agg(n.created_at order by n.created_at desc, n.id desc))[1] as last_at,
          (array_agg(n.id order by n.created_at desc, n.id desc))[1] as last_id
        from (
          select * from notifications n
          where n.service_id = b.service_id and n.created_at >= b.after_at and n.created_at <= ${until}
            and (n.created_at, n.id) > (b.after_at, b.after_id)
          order by n.created_at, n.id limit ${blockRows}) n) d
    ), noted as (${noteFailed(db)})
    insert into search_blocks (service_id, after_at, after_id, last_at, last_id, row_count, types, key_types, templates,
      batches, unfinished, recipients, client_references, look_at)
    select service_id, after_at, after_id, last_at, last_id, row_count, types, key_types, templates, batches, unfinished,
      recipients, client_references, ${new Date(now.getTime() + lookAgainMs)}
    from described
    on conflict (service_id, after_at, after_id) do update set
      last_at = excluded.last_at, last_id = excluded.last_id, row_count = excluded.row_count, types = excluded.types,
      key_types = excluded.key_types, templates = excluded.templates, batches = excluded.batches,
      unfinished = excluded.unfinished, recipients = excluded.recipients,
      client_references = excluded.client_references, look_at = excluded.look_at
    returning 1 as written`;
  return rows.length;
}

/** Describes blocks anew by what is there now; those of which nothing is left go. Answers how many there were. */
async function rewrite(db: Db, blocks: ReturnType<Db>, now: Date): Promise<number> {
  const rows = await db`
    with described as materialized (
      select b.service_id, b.after_at, b.after_id, d.*
      from (${blocks}) b cross join lateral (select ${description(db)} from ${notificationsOf(db)}) d
    ), noted as (${noteFailed(db)}), emptied as (
      delete from search_blocks b using described d
      where (b.service_id, b.after_at, b.after_id) = (d.service_id, d.after_at, d.after_id) and d.row_count = 0
    ), written as (
      update search_blocks b set row_count = d.row_count, types = d.types, key_types = d.key_types,
        templates = d.templates, batches = d.batches, unfinished = d.unfinished,
        -- A long text that stays the same is not written again.
        recipients = case when b.recipients = d.recipients then b.recipients else d.recipients end,
        client_references = case when b.client_references = d.client_references then b.client_references
          else d.client_references end,
        look_at = case when cardinality(d.unfinished) > 0
          then ${now}::timestamptz + greatest(${now}::timestamptz - b.last_at, make_interval(secs => ${lookAgainMs / 1000}))
          end
      from described d
      where (b.service_id, b.after_at, b.after_id) = (d.service_id, d.after_at, d.after_id) and d.row_count > 0
    )
    select 1 as seen from described`;
  return rows.length;
}

/** Of a block `b`: its notifications `n`. The times say nothing more than the pairs, but that they are few. */
export function notificationsOf(db: Db) {
  return db`
    notifications n
    where n.service_id = b.service_id and n.created_at >= b.after_at and n.created_at <= b.last_at
      and (n.created_at, n.id) > (b.after_at, b.after_id) and (n.created_at, n.id) <= (b.last_at, b.last_id)`;
}

/** Of notifications `n`: what a block says of them, and `failed`, those to be noted. */
function description(db: Db) {
  return db`
    count(*)::int as row_count,
    array_agg(distinct n.notification_type) as types,
    array_agg(distinct n.key_type) as key_types,
    array_agg(distinct n.template_id) as templates,
    coalesce(array_agg(distinct n.job_id) filter (where n.job_id is not null), '{}') as batches,
    coalesce(array_agg(distinct n.status) filter (where n.status = any(${unfinishedStatuses as Status[]})), '{}')
      as unfinished,
    string_agg(lower(coalesce(n.normalised_to, '')), E'\n' order by n.created_at, n.id) as recipients,
    coalesce(string_agg(lower(n.client_reference), E'\n' order by n.created_at, n.id), '') as client_references,
    json_agg(json_build_object('id', n.id, 'status', n.status, 'created_at', n.created_at, 'type', n.notification_type,
      'key_type', n.key_type, 'template_id', n.template_id, 'job_id', n.job_id))
      filter (where n.status = any(${failedStatuses as Status[]})) as failed`;
}

/** What has been noted of one since then is newer. */
function noteFailed(db: Db) {
  return db`
    insert into failed_notifications (id, service_id, status, created_at, notification_type, key_type, template_id,
      job_id)
    select f.id, d.service_id, f.status, f.created_at, f.type, f.key_type, f.template_id, f.job_id
    from described d, json_to_recordset(d.failed) as f (id uuid, status text, created_at timestamptz, type text,
      key_type text, template_id uuid, job_id uuid)
    order by f.id
    on conflict (id) do nothing`;
}
