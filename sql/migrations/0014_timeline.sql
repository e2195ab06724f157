-- What became of each notification, step by step.

-- One line a step, oldest first, as shared/notification/timeline.ts writes them. The statements that change the row
-- anyway add to it, and no index holds it: so a step costs its bytes and no more.
alter table notifications add column timeline text;

-- Each time a service was told of something, or was to be. No foreign keys, as in notifications; a notification's
-- attempts are kept as long as itself.
create table callback_attempts (
  id bigint generated always as identity,
  service_id uuid not null,
  -- As in service_callback_api.
  type text not null,
  -- What it was told of: a notification, or a text that came in.
  subject_id uuid not null,
  -- 1 for the first.
  attempt integer not null,
  at timestamptz not null,
  -- failed: another attempt follows; exhausted: none is left; refused: none could help.
  outcome text not null check (outcome in ('delivered', 'failed', 'exhausted', 'refused')),
  -- What the receiver answered; null where no answer came.
  status integer,
  duration_ms integer not null,
  -- In words, where it was not delivered.
  detail text,
  -- One index for two purposes: callbacks are too many for a second.
  primary key (subject_id, id)
) with (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
