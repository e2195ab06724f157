-- How the receivers of callbacks do, as all workers together see it.

-- What calling each came to, in slices of time, for as long as it is judged by them: a ring, a row a slice.
create table callback_results (
  -- Of service_callback_api. No foreign key: what is left of one that was removed is deleted within minutes.
  callback_id uuid not null,
  slot integer not null,
  -- When the slice began: a row that is older is of an earlier round.
  began_at timestamptz not null,
  attempts integer not null,
  failures integer not null,
  primary key (callback_id, slot)
) with (fillfactor = 50);

-- Receivers that failed too often and are spared. What was to be told them waits in the queue
-- service-callbacks-parked, where its group is the callback.
create table callback_breakers (
  callback_id uuid primary key,
  opened_at timestamptz not null,
  -- From then on one callback may be tried: who moves it on may.
  probe_at timestamptz not null,
  probes integer not null default 0
) with (fillfactor = 50);
