-- Batches become notifications: their rows are queued in groups, and each group is stored once.

alter table jobs
  -- `csv`: as it was uploaded. `rows`: a line of JSON each, made of a request (`shared/batch/row.ts`).
  add column file_format text not null default 'csv',
  -- Of the key it was asked for with; uploads have none, and count as normal.
  add column key_type text not null default 'normal',
  add column api_key_id uuid,
  -- The UTC day whose messages its rows count among: all at once, when it begins or is accepted.
  add column counted_on date,
  -- When its last rows were queued: one that stands still too long is looked after.
  add column progressed_at timestamptz,
  -- How often it was.
  add column repairs integer not null default 0;

-- Rows that are stored together. A batch goes on behind its last group, whoever died.
create table job_row_groups (
  job_id uuid not null references jobs (id),
  -- From 0, as in notifications.job_row_number.
  first_row integer not null,
  row_count integer not null check (row_count > 0),
  -- Null while its rows wait to be stored.
  stored_at timestamptz,
  -- Rows that nothing was made of: the service is in trial mode and may not send to them.
  skipped integer not null default 0,
  -- Rows stored as `validation-failed`.
  failed integer not null default 0,
  primary key (job_id, first_row)
);

-- Those that somebody must go on with.
-- squawk-ignore require-concurrent-index-creation -- at install it is empty
create index jobs_unfinished on jobs (created_at) where job_status in ('pending', 'in progress', 'error');

-- A row makes one notification at most. Messages of no batch pay nothing for it.
-- squawk-ignore require-concurrent-index-creation -- at install it is empty
create unique index notifications_of_batch on notifications (job_id, job_row_number) where job_id is not null;

-- A service's counts of today, locked until the transaction ends.
create function lock_counter(service uuid, moment timestamptz) returns service_counters language plpgsql as $$
declare
  today date := (moment at time zone 'UTC')::date;
  counter service_counters;
begin
  select * into counter from service_counters c where c.service_id = service for update;
  if not found then
    insert into service_counters (service_id, tokens, filled_at, utc_date)
    values (service, array[1000, 1000, 1000], array['epoch', 'epoch', 'epoch']::timestamptz[], today)
    on conflict do nothing;
    select * into counter from service_counters c where c.service_id = service for update;
  end if;
  if counter.utc_date < today then
    counter.utc_date := today;
    counter.sms := 0;
    counter.email := 0;
    counter.letter := 0;
    counter.international_sms := 0;
  end if;
  return counter;
end
$$;

-- Adds messages of a channel to a locked service's counts and saves them; takes some away where `messages` is negative.
create function count_messages(given service_counters, kind text, messages integer, abroad integer)
returns void language plpgsql as $$
declare
  counter service_counters := given;
begin
  if kind = 'sms' then
    counter.sms := greatest(0, counter.sms + messages);
  elsif kind = 'email' then
    counter.email := greatest(0, counter.email + messages);
  else
    counter.letter := greatest(0, counter.letter + messages);
  end if;
  counter.international_sms := counter.international_sms + abroad;
  perform save_counter(counter);
end
$$;

create function counted_so_far(counter service_counters, kind text) returns bigint language sql immutable as $$
  select case kind when 'sms' then counter.sms when 'email' then counter.email else counter.letter end;
$$;

-- Begins a batch that waits, or goes on with one that had begun; answers its status then (`spec/admin-api.md` 5.4). Null
-- where there is none. Its rows count against the day together: two batches never share what is left for one.
create function begin_batch(batch uuid, moment timestamptz) returns text language plpgsql as $$
declare
  found_batch record;
  counter service_counters;
  reached text;
begin
  select j.service_id, j.job_status, j.scheduled_for, j.notification_count, j.key_type, j.counted_on,
    s.active, t.template_type as kind,
    case t.template_type when 'sms' then s.sms_message_limit when 'email' then s.email_message_limit
      else s.letter_message_limit end as daily_limit
  into found_batch
  from jobs j join services s on s.id = j.service_id join templates t on t.id = j.template_id
  where j.id = batch for update of j;
  if not found then
    return null;
  end if;
  if found_batch.job_status not in ('pending', 'error', 'scheduled')
    -- Its job comes by another clock.
    or (found_batch.job_status = 'scheduled' and found_batch.scheduled_for > moment + interval '5 seconds')
  then
    return found_batch.job_status;
  end if;

  reached := 'in progress';
  if not found_batch.active then
    reached := 'cancelled';
  elsif found_batch.counted_on is null and found_batch.key_type <> 'test' then
    counter := lock_counter(found_batch.service_id, moment);
    if counted_so_far(counter, found_batch.kind) + found_batch.notification_count > found_batch.daily_limit then
      reached := 'sending limits exceeded';
    else
      perform count_messages(counter, found_batch.kind, found_batch.notification_count, 0);
    end if;
  end if;
  update jobs set
    job_status = reached,
    processing_started = coalesce(processing_started, moment),
    processing_finished = case when reached = 'sending limits exceeded' then moment end,
    counted_on = case when reached = 'in progress' then coalesce(counted_on, (moment at time zone 'UTC')::date) end,
    progressed_at = moment,
    updated_at = moment
  where id = batch;
  return reached;
end
$$;

-- Stores one group of a batch's rows with their jobs and letters, all or, where that was done before, nothing; answers how
-- many notifications it made, or null. `rows`, `queued` and `letters` carry the row's number as n, as in
-- `admit_requests`. What is sent abroad is counted, what is skipped is not.
create function store_batch_rows(batch uuid, first integer, moment timestamptz, skipped_rows integer,
  failed_rows integer, rows json, queued json, letters json)
returns integer language plpgsql as $$
declare
  of_batch record;
  added integer[];
  abroad integer;
  given_back integer;
begin
  update job_row_groups g set stored_at = moment, skipped = skipped_rows, failed = failed_rows
  where g.job_id = batch and g.first_row = first and g.stored_at is null;
  if not found then
    return null;
  end if;
  select j.service_id, j.template_id, j.template_version, j.api_key_id, j.key_type, j.counted_on,
    t.template_type as kind
  into of_batch
  from jobs j join templates t on t.id = j.template_id where j.id = batch;

  with stored as (
    insert into notifications (id, job_id, job_row_number, service_id, template_id, template_version, api_key_id,
      key_type, notification_type, recipient, normalised_to, client_reference, personalisation, reply_to_text,
      international, phone_prefix, rate_multiplier, created_at, status)
    select r.id, batch, r.n, of_batch.service_id, of_batch.template_id, of_batch.template_version,
      of_batch.api_key_id, of_batch.key_type, of_batch.kind, r.recipient, r.normalised_to, r.client_reference,
      r.personalisation, r.reply_to_text, r.international, r.phone_prefix, r.rate_multiplier, moment, r.status
    from json_to_recordset(rows) as r (n integer, id uuid, recipient text, normalised_to text, client_reference text,
      personalisation text, reply_to_text text, international boolean, phone_prefix text, rate_multiplier numeric,
      status text)
    on conflict do nothing
    returning job_row_number, status, phone_prefix
  )
  select array_agg(job_row_number),
    count(*) filter (where of_batch.kind = 'sms' and status = 'created' and phone_prefix <> '44')
  into added, abroad from stored;

  if added is not null then
    perform enqueue_jobs(queued, added);
    if letters is not null then
      perform store_letters(letters, null, added);
    end if;
  end if;

  given_back := case when of_batch.counted_on = (moment at time zone 'UTC')::date then skipped_rows else 0 end;
  if of_batch.key_type <> 'test' and (abroad > 0 or given_back > 0) then
    perform count_messages(lock_counter(of_batch.service_id, moment), of_batch.kind, -given_back, abroad);
  end if;
  return coalesce(cardinality(added), 0);
end
$$;

-- Takes a whole batch at the public API, or nothing of it: a request as in `admit_requests`, whose `messages` and
-- `abroad` say how many it asks for. `batch` is its row, `queued` what works it. Answers no row where it is accepted,
-- else what `admit_requests` answers.
create function accept_batch(request json, batch json, queued json, moment timestamptz)
returns table (refusal text, response text) language plpgsql as $$
declare
  asked record;
  counter service_counters;
  is_counted boolean;
  over text;
begin
  select * into asked from json_to_record(request) as r (service_id uuid, key integer, kind text, daily_limit bigint,
    international_limit bigint, messages integer, abroad integer, starts_later boolean);
  -- What starts later counts among the messages of its day.
  is_counted := asked.key <> 3 and not asked.starts_later;
  counter := lock_counter(asked.service_id, moment);
  over := case
    when asked.starts_later or (asked.key = 3 and asked.daily_limit > 0) then
      case when asked.messages > asked.daily_limit then 'daily' end
    when counted_so_far(counter, asked.kind) + asked.messages > asked.daily_limit then 'daily'
    when asked.abroad > 0 and counter.international_sms + asked.abroad > asked.international_limit then 'international'
  end;

  -- A key that is known is answered as it was, whatever has become of the limits; what is over them keeps none.
  return query
    select a.refusal, a.response from admit_requests(
      json_build_array((request::jsonb - case when over is null then '' else 'idem_response' end
        || jsonb_build_object('n', 0, 'stored', false, 'international', false, 'daily_limit', 9223372036854775807))),
      '[]', '[]', moment) a;
  if found then
    return;
  end if;
  if over is not null then
    return query select over, null::text;
    return;
  end if;

  insert into jobs (id, service_id, original_file_name, template_id, template_version, sender_id, notification_count,
    job_status, scheduled_for, created_at, file_format, key_type, api_key_id, counted_on)
  select b.id, asked.service_id, b.name, b.template_id, b.template_version, b.sender_id, asked.messages,
    case when asked.starts_later then 'scheduled' else 'pending' end, b.scheduled_for, moment, 'rows',
    key_type_of(asked.key), b.api_key_id, case when is_counted then (moment at time zone 'UTC')::date end
  from json_to_record(batch) as b (id uuid, name text, template_id uuid, template_version integer, sender_id uuid,
    scheduled_for timestamptz, api_key_id uuid);
  if is_counted then
    -- Read again: the request took a token.
    perform count_messages(lock_counter(asked.service_id, moment), asked.kind, asked.messages, 0);
  end if;
  perform enqueue_jobs(queued);
end
$$;
