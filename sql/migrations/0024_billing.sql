-- What messages cost, what was sent, and what services owe (`spec/data-model.md` 3.5, 3.6).

-- Pounds for one fragment of a text, from an instant on, until a later row begins.
create table rates (
  id uuid primary key default gen_random_uuid(),
  valid_from timestamptz not null,
  rate numeric not null check (rate >= 0),
  notification_type text not null default 'sms' check (notification_type = 'sms'),
  -- Nobody's contract: it gives way to whatever is loaded.
  example boolean not null default false,
  created_at timestamptz not null default now(),
  unique (notification_type, valid_from, example)
);

-- Pounds for one letter of so many sheets.
create table letter_rates (
  id uuid primary key default gen_random_uuid(),
  start_date timestamptz not null,
  end_date timestamptz,
  sheet_count integer not null check (sheet_count between 1 and 50),
  rate numeric not null check (rate >= 0),
  -- Notify once had other prices for others; only those of the crown are read.
  crown boolean not null default true,
  post_class text not null check (post_class in ('first', 'second', 'economy', 'europe', 'rest-of-world')),
  example boolean not null default false,
  created_at timestamptz not null default now(),
  check (end_date > start_date),
  unique (post_class, sheet_count, crown, start_date, example)
);

-- How many fragments a service may send for nothing, in a financial year (from 1 April).
create table annual_billing (
  id uuid primary key default gen_random_uuid(),
  service_id uuid not null,
  financial_year_start integer not null check (financial_year_start between 2000 and 2999),
  free_sms_fragment_limit bigint not null check (free_sms_fragment_limit >= 0),
  high_volume_service_last_year boolean not null default false,
  has_custom_allowance boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz,
  unique (service_id, financial_year_start)
);

-- What a service gets that has no arrangement of its own; the newest row not after the year counts.
create table default_annual_allowance (
  id uuid primary key default gen_random_uuid(),
  valid_from_financial_year_start integer not null check (valid_from_financial_year_start between 2000 and 2999),
  organisation_type text not null check (organisation_type in (
    'central', 'local', 'nhs_central', 'nhs_local', 'nhs_gp', 'nhs_notify', 'emergency_service',
    'school_or_college', 'other')),
  allowance bigint not null check (allowance >= 0),
  notification_type text not null default 'sms' check (notification_type = 'sms'),
  example boolean not null default false,
  created_at timestamptz not null default now(),
  unique (notification_type, organisation_type, valid_from_financial_year_start, example)
);

-- Examples, so that a new installation counts something: `bun run cli rates load` brings an operator's own.
insert into rates (valid_from, rate, example) values ('2000-01-01T00:00:00Z', 0.0227, true);

insert into letter_rates (start_date, sheet_count, rate, post_class, example)
select '2000-01-01T00:00:00Z', sheets, first_sheet + 0.05 * (sheets - 1), post_class, true
from (values ('first', 1.50), ('second', 0.70), ('economy', 0.60), ('europe', 1.60), ('rest-of-world', 1.60))
    as example (post_class, first_sheet)
  cross join generate_series(1, 5) as sheets;

insert into default_annual_allowance (valid_from_financial_year_start, organisation_type, allowance, example)
values
  (2000, 'central', 40000, true),
  (2000, 'local', 20000, true),
  (2000, 'nhs_central', 40000, true),
  (2000, 'nhs_local', 20000, true),
  (2000, 'nhs_gp', 10000, true),
  (2000, 'nhs_notify', 0, true),
  (2000, 'emergency_service', 20000, true),
  (2000, 'school_or_college', 10000, true),
  (2000, 'other', 10000, true);

-- Facts: sums of a London day by when messages were made. No foreign keys, so that they outlive what they count.
create table ft_billing (
  bst_date date not null,
  template_id uuid not null,
  service_id uuid not null,
  notification_type text not null check (notification_type in ('sms', 'email', 'letter')),
  provider text not null,
  rate_multiplier numeric not null,
  international boolean not null,
  rate numeric not null,
  postage text not null,
  -- Fragments before the multiplier; sheets; 0 for emails.
  billable_units bigint not null,
  notifications_sent bigint not null,
  created_at timestamptz not null default now(),
  primary key (bst_date, template_id, service_id, notification_type, provider, rate_multiplier, international, rate,
    postage)
);

create index ft_billing_of_service on ft_billing (service_id, bst_date);

create table ft_notification_status (
  bst_date date not null,
  template_id uuid not null,
  service_id uuid not null,
  -- Zeros where it was sent by itself.
  job_id uuid not null default '00000000-0000-0000-0000-000000000000',
  notification_type text not null check (notification_type in ('sms', 'email', 'letter')),
  key_type text not null check (key_type in ('normal', 'team')),
  notification_status text not null,
  notification_count bigint not null,
  created_at timestamptz not null default now(),
  primary key (bst_date, template_id, service_id, job_id, notification_type, key_type, notification_status)
);

create index ft_notification_status_of_service on ft_notification_status (service_id, bst_date);
create index ft_notification_status_of_template on ft_notification_status (template_id, bst_date);

-- How many of a day's messages were handed on within ten seconds.
create table ft_processing_time (
  bst_date date primary key,
  messages_total bigint not null,
  messages_within_10_secs bigint not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz
);

create table ft_billing_letter_despatch (
  bst_date date not null,
  postage text not null,
  cost_threshold text not null check (cost_threshold in ('sorted', 'unsorted')),
  rate numeric not null,
  -- Sheets of one letter.
  billable_units integer not null,
  notifications_sent bigint not null,
  created_at timestamptz not null default now(),
  primary key (bst_date, postage, cost_threshold, rate, billable_units)
);

-- When all services' facts of a day were last counted. What is not here, or was counted too early, may not be deleted.
create table fact_days (
  kind text not null check (kind in ('billing', 'status')),
  bst_date date not null,
  notification_type text not null check (notification_type in ('sms', 'email', 'letter')),
  counted_at timestamptz not null,
  primary key (kind, bst_date, notification_type)
);

-- squawk-ignore require-concurrent-index-creation -- the table is younger than a release
create index letters_despatched on letters (despatched_on) where despatched_on is not null;
