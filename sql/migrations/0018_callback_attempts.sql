-- Each attempt at telling a service in full, and replays: telling it again.

alter table callback_attempts
  -- A short kind, `timeout` say, where no answer came.
  add column error text,
  -- What was dialled.
  add column address text,
  -- How the answer began, encrypted: receivers write whom it is about.
  add column excerpt text,
  -- What the service was told or was to be, encrypted as in the job. Kept by the attempt that ended it, so that it can be
  -- told again when what it tells of is gone.
  add column body text,
  -- Of callback_replays, where somebody had it told again.
  add column replay_id uuid;

-- suspended: not tried, because the callback is suspended.
alter table callback_attempts drop constraint callback_attempts_outcome_check;
alter table callback_attempts add constraint callback_attempts_outcome_check
  check (outcome in ('delivered', 'failed', 'exhausted', 'refused', 'suspended')) not valid;

-- For lists, newest first; for replays and for what is too old, oldest first.
-- squawk-ignore require-concurrent-index-creation -- the table is younger than a release
create index callback_attempts_service on callback_attempts (service_id, at, id);
-- The few that matter among the many that went well.
-- squawk-ignore require-concurrent-index-creation -- the same
create index callback_attempts_undelivered on callback_attempts (service_id, at, id) where outcome <> 'delivered';
-- squawk-ignore require-concurrent-index-creation -- the same
create index callback_attempts_replay on callback_attempts (replay_id) where replay_id is not null;

-- What somebody had told again, and how far that is.
create table callback_replays (
  id uuid primary key,
  service_id uuid not null references services (id),
  -- Null: of any type.
  callback_type text,
  -- Null: of anything.
  subject_id uuid,
  -- How it had ended; undelivered: in any way but well.
  outcome text not null check (outcome in (
    'undelivered', 'exhausted', 'refused', 'suspended', 'delivered', 'any')),
  -- Which had ended from then on, up to when the replay was asked for.
  since timestamptz not null,
  created_at timestamptz not null,
  -- stopped: the callback was suspended or removed meanwhile.
  state text not null default 'running' check (state in ('running', 'done', 'cancelled', 'stopped')),
  ended_at timestamptz,
  -- The last attempt that was looked at: its time and its id.
  position_at timestamptz not null,
  position_id bigint not null default 0,
  -- Jobs made so far.
  queued integer not null default 0,
  check ((state = 'running') = (ended_at is null))
);

create index callback_replays_service on callback_replays (service_id, created_at);
-- One at a time, or a service would be told at twice the rate.
create unique index callback_replays_running on callback_replays (service_id) where state = 'running';
