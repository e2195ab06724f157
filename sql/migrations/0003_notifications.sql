-- One row for each message a service asks us to send.
--
-- No foreign keys: each would cost a lock on the service's row for every message, and nothing that a notification
-- points to is ever deleted (services, templates and keys are archived).
create table notifications (
  id uuid primary key,
  service_id uuid not null,
  template_id uuid not null,
  template_version integer not null,
  api_key_id uuid,
  job_id uuid,
  job_row_number integer,
  key_type text not null check (key_type in ('normal', 'team', 'test')),
  notification_type text not null check (notification_type in ('sms', 'email', 'letter')),
  status text not null default 'created' check (status in (
    'cancelled', 'created', 'sending', 'sent', 'delivered', 'pending', 'failed', 'technical-failure',
    'temporary-failure', 'permanent-failure', 'pending-virus-check', 'validation-failed', 'virus-scan-failed',
    'returned-letter')),
  recipient text not null,
  normalised_to text,
  client_reference text,
  -- The provider's id for an email; a text carries its own id there.
  reference text,
  -- Encrypted.
  personalisation text,
  reply_to_text text,
  unsubscribe_link text check (unsubscribe_link is null or notification_type = 'email'),
  international boolean not null default false,
  phone_prefix text,
  rate_multiplier numeric,
  billable_units integer not null default 0,
  -- Why it failed, in the provider's words.
  status_reason text,
  -- While a worker talks to a provider for this row, nobody else may.
  claimed_until timestamptz,
  -- The provider of the last attempt that failed: the next one takes another where there is one.
  last_tried text,
  created_at timestamptz not null,
  sent_at timestamptz,
  sent_by text,
  updated_at timestamptz
) with (
  -- Room for the three updates of a row's life on its own page.
  fillfactor = 70,
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_analyze_scale_factor = 0.02
);

-- For a service's lists. Newest first, ties by id, so that a page begins exactly where the last one ended.
create index notifications_of_service on notifications (service_id, created_at, id);
-- For receipts of emails.
create index notifications_by_reference on notifications (reference) where reference is not null;
-- For sweeps over an age: a few pages however large the table, and no cost on status changes.
create index notifications_by_age on notifications using brin (created_at) with (autosummarize = on);

create table provider_details (
  identifier text primary key,
  display_name text not null,
  notification_type text not null check (notification_type in ('sms', 'email', 'letter')),
  -- A weight: of two active providers, one with twice the priority is drawn twice as often.
  priority integer not null check (priority between 0 and 100),
  active boolean not null default true,
  supports_international boolean not null default false,
  version integer not null default 1,
  reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

insert into provider_details (identifier, display_name, notification_type, priority, supports_international)
values
  ('mmg', 'MMG', 'sms', 51, true),
  ('firetext', 'Firetext', 'sms', 49, false),
  ('ses', 'AWS SES', 'email', 100, false),
  ('smtp', 'SMTP', 'email', 100, false);

-- What a service has used of its limits: one row, so that one lock covers them all.
create table service_counters (
  service_id uuid primary key,
  -- Tokens left and when they were last filled up, for the key types normal, team and test.
  tokens integer[] not null,
  filled_at timestamptz[] not null,
  -- The UTC day that the counts below are of. Test keys never count.
  utc_date date not null,
  sms bigint not null default 0,
  email bigint not null default 0,
  letter bigint not null default 0,
  international_sms bigint not null default 0,
  check (array_length(tokens, 1) = 3 and array_length(filled_at, 1) = 3)
) with (fillfactor = 50);

-- Recipients who said an email was unwanted.
create table complaints (
  id uuid primary key default gen_random_uuid(),
  notification_id uuid not null,
  service_id uuid not null,
  -- The same message from SNS makes no second complaint.
  event_id text not null unique,
  ses_feedback_id text,
  complaint_type text,
  complaint_date timestamptz,
  created_at timestamptz not null default now()
);

create index complaints_service on complaints (service_id, created_at);

-- Each time a scheduled task was due, and what became of it.
create table task_runs (
  task text not null,
  due_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  outcome text check (outcome in ('done', 'failed')),
  detail text,
  primary key (task, due_at)
);
