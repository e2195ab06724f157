-- What the console's overview shows, counted by the worker each minute so that no page reads notifications for it.
-- Nothing here is about a person.

-- What happened to a service's messages in a step of time. Steps of 60 seconds are counted, longer ones summed up from
-- the shorter. A notification is in each step in which something happened to it.
create table traffic (
  -- 60, 300, 900, 3600 or 14400.
  step_seconds integer not null,
  -- All zeros: of all services together.
  service_id uuid not null,
  -- When the step begins.
  at timestamptz not null,
  channel text not null,
  -- Sent by test keys.
  is_test boolean not null,
  accepted integer not null,
  -- Handed to a provider.
  sent integer not null,
  delivered integer not null,
  failed integer not null,
  -- Those sent by how long they took from accept to provider: a number for each of shared/overview/time-buckets.ts; null
  -- where none was sent.
  times integer[],
  primary key (step_seconds, service_id, at, channel, is_test)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- For counting a minute of all services anew, and for what is too old.
create index traffic_by_age on traffic (step_seconds, at);

-- What providers carried in a minute, without test keys' messages.
create table traffic_providers (
  at timestamptz not null,
  provider text not null,
  sent integer not null,
  delivered integer not null,
  failed integer not null,
  primary key (at, provider)
);

-- Up to when minutes were counted, and which the next run counts again: those that the last one counted for the first
-- time. One row; who counts holds its lock.
create table traffic_progress (
  id boolean primary key default true check (id),
  counted_until timestamptz,
  recount_from timestamptz
);

insert into traffic_progress (id) values (true);

-- Letters that the next print run would print, as they were last counted.
create table printable_letters (
  service_id uuid not null,
  postage text not null,
  letters integer not null,
  sheets integer not null,
  oldest_at timestamptz not null,
  primary key (service_id, postage)
);

-- When that was, and for which run. One row once it was.
create table printable_letters_counted (
  id boolean primary key default true check (id),
  print_date date not null,
  counted_at timestamptz not null
);

-- When each scheduled task was last due and is due next, as workers reckon: only they know the calendar.
create table schedules (
  task text primary key,
  cron text not null,
  last_due_at timestamptz,
  next_due_at timestamptz not null,
  -- Times before it were nobody's to keep.
  known_since timestamptz not null,
  noted_at timestamptz not null
);

-- For finding what changed in the last minutes, however old it is: the worker reads the few pages that hold such rows.
-- BRIN: an insert leaves it as it is (both are null), and a status change still stays on its page without touching the
-- other indexes. Measured in the server's time: accepts 78 and 76 ms for 9,600 without and with it, status changes 0 to 3 %
-- more. Not before Postgres 16, where each change would pay all indexes: there the worker reads the whole table.
do $$
begin
  if current_setting('server_version_num')::integer >= 160000 then
    create index notifications_by_change on notifications using brin (sent_at, updated_at)
      with (pages_per_range = 32, autosummarize = on);
  end if;
end
$$;
