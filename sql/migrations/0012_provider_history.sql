-- How much each provider carries: every change of it, and what decides the next.

-- Null: nobody, as where a provider's own failures took a share from it.
alter table provider_details add created_by_id uuid;
alter table provider_details
  add constraint provider_details_created_by foreign key (created_by_id) references users (id) not valid;

create table provider_details_history (
  identifier text not null,
  version integer not null,
  display_name text not null,
  notification_type text not null,
  priority integer not null,
  active boolean not null,
  supports_international boolean not null,
  reason text,
  created_by_id uuid references users (id),
  created_at timestamptz not null,
  updated_at timestamptz,
  primary key (identifier, version)
);

-- A trigger rather than every writer's care: no change may go unrecorded, nor one made by hand seem to be none.
create function record_provider_version() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    new.version := old.version + 1;
    if new.updated_at is not distinct from old.updated_at then
      -- Not the transaction's: it may have waited for another change, and would seem older.
      new.updated_at := clock_timestamp();
    end if;
  end if;
  insert into provider_details_history (identifier, version, display_name, notification_type, priority, active,
    supports_international, reason, created_by_id, created_at, updated_at)
  values (new.identifier, new.version, new.display_name, new.notification_type, new.priority, new.active,
    new.supports_international, new.reason, new.created_by_id, new.created_at, new.updated_at);
  return new;
end
$$;

create trigger provider_details_recorded before insert or update on provider_details
  for each row execute function record_provider_version();

insert into provider_details_history (identifier, version, display_name, notification_type, priority, active,
  supports_international, reason, created_at, updated_at)
select identifier, version, display_name, notification_type, priority, active, supports_international, reason,
  created_at, updated_at
from provider_details;

-- Failed sends of the last minute: a row for each of its seconds, used again when the second comes round.
create table provider_failures (
  identifier text not null,
  slot integer not null check (slot between 0 and 59),
  second timestamptz not null,
  failures integer not null,
  primary key (identifier, slot)
) with (fillfactor = 50);

-- Of the texts of the last quarter of an hour, how many were slow, as they were last counted.
create table provider_delivery (
  identifier text not null,
  -- What counts as slow: a receipt that took this long.
  minutes integer not null,
  slow integer not null,
  total integer not null,
  counted_at timestamptz not null,
  primary key (identifier, minutes)
);

-- For how many minutes in a row too many texts have been slow. One row.
create table slow_delivery (
  id boolean primary key default true check (id),
  minutes integer not null,
  -- The last minute that was looked at: a task that runs twice counts it once.
  due_at timestamptz not null
);
