-- Where services are told: every version kept, signed, suspended, tried out.

alter table service_callback_api
  add column version integer not null default 1,
  -- A person of the program that configured it; null where an operator did.
  add column updated_by_id uuid,
  -- Encrypted. Null until one is made: what is told without one is not signed.
  add column signing_secret text,
  -- The one before, encrypted, which signs beside it until then.
  add column previous_signing_secret text,
  add column previous_signing_secret_until timestamptz,
  -- Set: nothing is sent until somebody resumes it, and why.
  add column suspended_at timestamptz,
  add column suspended_reason text;

-- Every version there ever was, removal being the last. No foreign keys, as in notifications: it outlives the callback.
create table service_callback_api_history (
  id uuid primary key default gen_random_uuid(),
  callback_id uuid not null,
  version integer not null,
  change text not null check (change in ('set', 'secret-rotated', 'resumed', 'removed')),
  service_id uuid not null,
  callback_type text not null,
  url text not null,
  -- Encrypted, as in the callback, whose id it is bound to. Signing secrets are not kept.
  bearer_token text not null,
  updated_by_id uuid,
  at timestamptz not null,
  unique (callback_id, version)
);

insert into service_callback_api_history
  (callback_id, version, change, service_id, callback_type, url, bearer_token, at)
select id, version, 'set', service_id, callback_type, url, bearer_token, coalesce(updated_at, created_at)
from service_callback_api;

-- Samples that somebody had sent, kept for a day.
create table callback_tests (
  id uuid primary key,
  callback_id uuid not null references service_callback_api (id) on delete cascade,
  requested_at timestamptz not null,
  -- What came of it, as encrypted JSON; null until a worker has sent it.
  result text
);

create index callback_tests_callback on callback_tests (callback_id);
