-- To find notifications by whom they went to, by reference and by whatever else they have, without an index that each
-- accepted or changed one would pay for: a task describes them in blocks, some minutes later.

-- Up to some hundred notifications of a service, one after the other in the order of its list. A search reads these, and
-- of notifications only those of blocks that may hold what it looks for.
create table search_blocks (
  service_id uuid not null,
  -- Its notifications are those after this one …
  after_at timestamptz not null,
  after_id uuid not null,
  -- … up to this one.
  last_at timestamptz not null,
  last_id uuid not null,
  row_count integer not null,
  types text[] not null,
  key_types text[] not null,
  templates uuid[] not null,
  batches uuid[] not null,
  -- Statuses of those that were yet to be sent, or to be heard of, at the last look.
  unfinished text[] not null,
  -- A line for each: whom it goes to, as `normalised_to`, and the service's reference; in lower case.
  recipients text not null,
  client_references text not null,
  -- When it is looked at again, for changes and for what was stored late; null: no more.
  look_at timestamptz,
  primary key (service_id, after_at, after_id)
);

-- Reading them takes longer compressed, and numbers hardly grow smaller.
alter table search_blocks alter column recipients set storage external;
alter table search_blocks alter column client_references set storage external;

-- For searches over all services.
create index search_blocks_by_age on search_blocks (last_at, last_id);
create index search_blocks_to_look_at on search_blocks (look_at) where look_at is not null;

-- Those that failed, were cancelled or came back, by what became of them: too few for a look through all others, and
-- the table of notifications has no index by status, which each change would have to mend.
create table failed_notifications (
  id uuid primary key,
  service_id uuid not null,
  status text not null,
  created_at timestamptz not null,
  -- What else they are looked for by, so that of others nothing is read.
  notification_type text not null,
  key_type text not null,
  template_id uuid not null,
  job_id uuid
);

create index failed_notifications_of_service on failed_notifications (service_id, status, created_at, id);
create index failed_notifications_by_status on failed_notifications (status, created_at, id);

create function note_failed_notification() returns trigger language plpgsql as $$
begin
  insert into failed_notifications (id, service_id, status, created_at, notification_type, key_type, template_id, job_id)
  values (new.id, new.service_id, new.status, new.created_at, new.notification_type, new.key_type, new.template_id,
    new.job_id)
  on conflict (id) do update set status = excluded.status;
  return null;
end
$$;

-- Of updates alone: what is stored as failed at once the task finds.
create trigger notifications_failed after update of status on notifications
  for each row when (new.status <> old.status and new.status in ('cancelled', 'failed', 'technical-failure',
    'temporary-failure', 'permanent-failure', 'validation-failed', 'virus-scan-failed', 'returned-letter'))
  execute function note_failed_notification();

-- Up to when all notifications stand in blocks: newer ones are searched one by one. Whoever writes blocks locks the row.
create table search_progress (
  only_row boolean primary key default true check (only_row),
  described_until timestamptz not null
);

insert into search_progress (described_until) values ('-infinity');
