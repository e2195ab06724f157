-- People who sign in to the console, and what they did there.

alter table users
  -- A hash; null for whoever does not sign in here.
  add password text,
  add logged_in_at timestamptz,
  add failed_login_count integer not null default 0,
  -- Of those failures that lock a person out; null where none did.
  add locked_until timestamptz;

create table sessions (
  -- SHA-256 of what the browser keeps: a copy of this table lets nobody in.
  token_hash bytea primary key,
  user_id uuid not null references users (id) on delete cascade,
  created_at timestamptz not null,
  -- When it was last used, to the minute.
  seen_at timestamptz not null
);

create index sessions_of_user on sessions (user_id);
create index sessions_by_use on sessions (seen_at);

-- Every change made in the console, and who opened what messages say. Written before the change: one that died half-way
-- is seen by having no end.
create table audit (
  id uuid primary key,
  at timestamptz not null,
  -- No reference: an entry outlives its person. Null where nobody was known, as when a sign-in fails.
  user_id uuid,
  user_name text not null,
  -- Null for what is not of one service.
  service_id uuid,
  action text not null,
  -- What it was done to: `template 5b2a1c3d-…`.
  subject text not null,
  before jsonb,
  after jsonb,
  outcome text not null default 'begun' check (outcome in ('begun', 'done', 'refused', 'failed')),
  ended_at timestamptz
);

create index audit_by_time on audit (at, id);
create index audit_of_service on audit (service_id, at, id);
