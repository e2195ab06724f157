-- Jobs of which one is there at a time: their key is stored, as pg-boss does.

-- Adds jobs as pg-boss's own insert() does, with their queues' settings. A job whose id is there already is left
-- alone, and one of an exclusive queue is left out where an unfinished job has its key. `jobs` is an array of {name,
-- data, id?, start_after?, group_id?, singleton_key?, n?}; where `chosen` is given, only the jobs whose n is in it are
-- added. Waking the workers is part of the commit.
create or replace function enqueue_jobs(jobs json, chosen integer[] default null) returns void language plpgsql as $$
declare
  woken text;
  moment timestamptz := pgboss.job_now();
begin
  for woken in
    with added as (
      insert into pgboss.job (id, name, data, start_after, created_on, group_id, singleton_key,
        expire_seconds, deletion_seconds, keep_until, retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds)
      select coalesce(j.id, gen_random_uuid()), j.name, j.data, coalesce(j.start_after, moment),
        moment, j.group_id, j.singleton_key, q.expire_seconds, q.deletion_seconds,
        coalesce(j.start_after, moment) + q.retention_seconds * interval '1s',
        -- Null, and so an error, for a queue that does not exist.
        q.retry_limit, q.retry_delay, coalesce(q.retry_backoff, false), q.retry_delay_max, q.policy, q.dead_letter,
        q.heartbeat_seconds
      from json_to_recordset(jobs)
        as j (n integer, id uuid, name text, data jsonb, start_after timestamptz, group_id text, singleton_key text)
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
