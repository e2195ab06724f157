-- Enqueueing and fetching as SQL of our own, so that a row and its job share a commit and a service its share.

-- Adds jobs as pg-boss's own insert() does, with their queues' settings. A job whose id is there already is left
-- alone. `jobs` is an array of {name, data, id?, start_after?, group_id?, n?}; where `chosen` is given, only the jobs
-- whose n is in it are added. Waking the workers is part of the commit.
create function enqueue_jobs(jobs json, chosen integer[] default null) returns void language plpgsql as $$
declare
  woken text;
  moment timestamptz := pgboss.job_now();
begin
  for woken in
    with added as (
      insert into pgboss.job (id, name, data, start_after, created_on, group_id, expire_seconds, deletion_seconds,
        keep_until, retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds)
      select coalesce(j.id, gen_random_uuid()), j.name, j.data, coalesce(j.start_after, moment),
        moment, j.group_id, q.expire_seconds, q.deletion_seconds,
        coalesce(j.start_after, moment) + q.retention_seconds * interval '1s',
        -- Null, and so an error, for a queue that does not exist.
        q.retry_limit, q.retry_delay, coalesce(q.retry_backoff, false), q.retry_delay_max, q.policy, q.dead_letter,
        q.heartbeat_seconds
      from json_to_recordset(jobs)
        as j (n integer, id uuid, name text, data jsonb, start_after timestamptz, group_id text)
        left join pgboss.queue q on q.name = j.name
      where chosen is null or j.n = any (chosen)
      on conflict do nothing
      returning name, start_after
    )
    select distinct name from added where start_after <= moment
  loop
    perform pg_notify('pillarbox_jobs', woken);
  end loop;
end
$$;

-- What a fetch walks: from one service with waiting jobs to the next, and in each to what is due first. It never
-- reads past the jobs it takes, however many wait.
-- squawk-ignore require-concurrent-index-creation -- a partitioned table cannot take one; at install it is empty
create index job_waiting_by_group on pgboss.job (name, group_id, start_after) where state < 'active' and not blocked;

-- A queue's rows come and go all the time: statistics of an hour ago are of other rows.
alter table pgboss.job_common set (
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_analyze_scale_factor = 0.02,
  autovacuum_vacuum_cost_delay = 1
);

-- Claims up to `room` due jobs, at most `per_group` of a service at once over all workers, beginning with the
-- service after `after_group`. The row it leaves is the one pg-boss's own fetch() leaves.
create function fetch_jobs(queue_name text, room integer, per_group integer, after_group text)
returns table (id uuid, data jsonb, "retryCount" integer, "retryLimit" integer, "groupId" text)
language plpgsql
-- The indexes are right for this whatever the statistics of a table that was empty a moment ago say.
set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
as $$
declare
  picked uuid[];
  due uuid[];
  current_group text := after_group;
  wrapped boolean := after_group = '';
  visits integer := 0;
  running integer;
  earliest timestamptz;
  moment timestamptz := pgboss.job_now();
begin
  picked := array(
    select j.id from pgboss.job j
    where j.name = queue_name and j.group_id is null and j.start_after <= moment
      and j.state < 'active' and not j.blocked
    order by j.start_after limit room for update skip locked);

  while cardinality(picked) < room and visits < 20000 loop
    select j.group_id, j.start_after into current_group, earliest from pgboss.job j
    where j.name = queue_name and j.group_id > current_group and j.state < 'active' and not j.blocked
    order by j.group_id, j.start_after limit 1;
    if current_group is null then
      exit when wrapped;
      wrapped := true;
      current_group := '';
      continue;
    end if;
    exit when wrapped and after_group <> '' and current_group > after_group;
    visits := visits + 1;
    -- A service whose jobs all wait for their next attempt costs this one look.
    continue when earliest > moment;

    -- One fetch at a time counts a service's running jobs, or two would give it twice its share.
    continue when per_group is not null
      and not pg_try_advisory_xact_lock(hashtext(queue_name), hashtext(current_group));
    running := 0;
    if per_group is not null then
      -- A range and an order, where equality would do: then only the index of active jobs by service serves, even
      -- for a plan that was made while the table was empty.
      select count(*) into running from (
        select from pgboss.job j
        where j.name = queue_name and j.group_id >= current_group and j.group_id <= current_group
          and j.state = 'active'
        order by j.group_id limit per_group) as active;
      continue when running >= per_group;
    end if;
    due := array(
      select j.id from pgboss.job j
      where j.name = queue_name and j.group_id = current_group and j.start_after <= moment
        and j.state < 'active' and not j.blocked
      order by j.start_after
      limit least(room - cardinality(picked), per_group - running)
      for update skip locked);
    picked := picked || due;
  end loop;

  if cardinality(picked) = 0 then
    return;
  end if;
  return query
    update pgboss.job j set
      state = 'active',
      started_on = moment,
      heartbeat_on = moment,
      retry_count = case when j.started_on is not null then j.retry_count + 1 else j.retry_count end
    where j.name = queue_name and j.id = any (picked)
    returning j.id, j.data, j.retry_count, j.retry_limit, j.group_id;
end
$$;
