-- Jobs of no service, receipts among them, are fetched without reading all that wait: beside 50,000, in 1 ms instead of 15.

-- Claims up to `room` due jobs, at most `per_group` of a service at once over all workers, beginning with the
-- service after `after_group`. The row it leaves is the one pg-boss's own fetch() leaves.
create or replace function fetch_jobs(queue_name text, room integer, per_group integer, after_group text)
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
  -- Ordered by the group too, though it is always null: only so does the index give the order, where a sort would read
  -- all that wait.
  picked := array(
    select j.id from pgboss.job j
    where j.name = queue_name and j.group_id is null and j.start_after <= moment
      and j.state < 'active' and not j.blocked
    order by j.group_id, j.start_after limit room for update skip locked);

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
