-- Emergency alerts: what phones in an area show, by the networks' cell broadcast centres.

-- What a person may do in a service; `service_id` is null for what is not of one.
create table permissions (
  id uuid primary key default gen_random_uuid(),
  service_id uuid references services (id),
  user_id uuid not null references users (id),
  permission text not null check (permission in (
    'manage_users', 'manage_templates', 'manage_settings', 'send_texts', 'send_emails', 'send_letters',
    'manage_api_keys', 'view_activity', 'platform_admin', 'create_broadcasts', 'approve_broadcasts',
    'reject_broadcasts', 'cancel_broadcasts')),
  created_at timestamptz not null default now(),
  unique nulls not distinct (service_id, user_id, permission)
);

create index permissions_user on permissions (user_id);

alter table service_permissions
  drop constraint service_permissions_permission_check,
  add constraint service_permissions_known check (permission in (
    'email', 'sms', 'letter', 'international_sms', 'inbound_sms', 'email_auth', 'edit_folder_permissions',
    'international_letters', 'sms_to_uk_landlines', 'broadcast')) not valid;

-- An alert has no subject, as a text has none.
alter table templates
  drop constraint templates_template_type_check,
  drop constraint templates_check,
  add constraint templates_known_type check (template_type in ('sms', 'email', 'letter', 'broadcast')) not valid,
  add constraint templates_subject check (
    (subject is null) = (template_type in ('sms', 'broadcast'))) not valid;

alter table services
  add count_as_live boolean not null default true,
  add go_live_at timestamptz,
  add organisation_id uuid;

-- A service that has these sends alerts: on which channel, and over which networks.
create table service_broadcast_settings (
  service_id uuid primary key references services (id),
  channel text not null check (channel in ('test', 'operator', 'severe', 'government')),
  provider text not null check (provider in ('all', 'ee', 'three', 'o2', 'vodafone')),
  created_at timestamptz not null,
  updated_at timestamptz
);

-- Each time they were set.
create table service_broadcast_settings_history (
  service_id uuid not null references services (id),
  version integer not null,
  mode text not null check (mode in ('training', 'live')),
  channel text not null,
  provider text not null,
  created_at timestamptz not null,
  primary key (service_id, version)
);

create table broadcast_messages (
  id uuid primary key,
  service_id uuid not null references services (id),
  template_id uuid,
  template_version integer,
  -- Not encrypted, as the words it fills in are sent to everybody. Null without a template.
  personalisation jsonb,
  -- As it is sent.
  content text not null,
  -- {names, simple_polygons, ids, aggregate_names}; polygons are lists of [latitude, longitude].
  areas jsonb not null,
  status text not null default 'draft' check (status in (
    'draft', 'pending-approval', 'rejected', 'broadcasting', 'completed', 'cancelled', 'technical-failure')),
  -- The alert's life; a cancel does not change it.
  starts_at timestamptz,
  finishes_at timestamptz,
  -- Goes up with each change of words, areas, times or status: who approves says which one they read.
  version integer not null default 1,
  -- The version that was handed in for approval, and by whom; null for a service's own program.
  submitted_version integer,
  submitted_by_id uuid references users (id),
  -- The last one that changed words or areas.
  edited_version integer not null default 1,
  reference text check (length(reference) between 1 and 255),
  cap_event text check (length(cap_event) <= 255),
  -- Made while its service was in training: never sent.
  stubbed boolean not null,
  -- What it goes out on, from its approval on, whatever becomes of the service's settings.
  channel text check (channel in ('test', 'operator', 'severe', 'government')),
  providers text[],
  created_at timestamptz not null,
  approved_at timestamptz,
  cancelled_at timestamptz,
  updated_at timestamptz,
  created_by_id uuid references users (id),
  approved_by_id uuid references users (id),
  cancelled_by_id uuid references users (id),
  created_by_api_key_id uuid references api_keys (id),
  cancelled_by_api_key_id uuid references api_keys (id),
  foreign key (template_id, template_version) references templates_history (id, version),
  check (created_by_id is not null or created_by_api_key_id is not null),
  check ((template_id is null) = (template_version is null)),
  check (status not in ('broadcasting', 'completed', 'cancelled')
    or (starts_at is not null and finishes_at is not null and finishes_at > starts_at and approved_at is not null)),
  check ((channel is null) = (providers is null))
);

create index broadcast_messages_service on broadcast_messages (service_id, created_at);
-- An identifier of a sender's own names one alert of its service.
create unique index broadcast_messages_reference on broadcast_messages (service_id, reference)
  where created_by_api_key_id is not null;
-- For the task that ends them.
create index broadcast_messages_on_air on broadcast_messages (finishes_at) where status = 'broadcasting';

-- One instruction to the networks, as it was when it was given.
create table broadcast_events (
  id uuid primary key,
  service_id uuid not null references services (id),
  broadcast_message_id uuid not null references broadcast_messages (id),
  -- 1 for the alert. A network gets them in this order.
  position integer not null check (position >= 1),
  message_type text not null check (message_type in ('alert', 'update', 'cancel')),
  sent_at timestamptz not null,
  transmitted_content jsonb not null,
  transmitted_areas jsonb not null,
  transmitted_sender text not null,
  transmitted_starts_at timestamptz not null,
  transmitted_finishes_at timestamptz not null,
  unique (broadcast_message_id, position)
);

-- Numbers of messages to Vodafone: four bytes. Link tests take theirs from it too.
create sequence broadcast_message_numbers as bigint minvalue 1 maxvalue 4294967295 cycle;

-- One document to one network; the id becomes its identifier.
create table broadcast_provider_messages (
  id uuid primary key default gen_random_uuid(),
  broadcast_event_id uuid not null references broadcast_events (id),
  provider text not null check (provider in ('ee', 'three', 'o2', 'vodafone')),
  status text not null default 'sending' check (status in (
    'sending', 'returned-ack', 'returned-error', 'technical-failure')),
  message_number bigint,
  -- Null while the event before has not been acknowledged.
  queued_at timestamptz,
  attempts integer not null default 0,
  last_error text,
  next_attempt_at timestamptz,
  acknowledged_at timestamptz,
  -- The function that took it: `ee-1-proxy`.
  acknowledged_by text,
  -- Who sends it just now, and until when nobody else may.
  claim uuid,
  claimed_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz,
  unique (broadcast_event_id, provider),
  check ((provider = 'vodafone') = (message_number is not null)),
  check ((status = 'returned-ack') = (acknowledged_at is not null))
);

create index broadcast_provider_messages_open on broadcast_provider_messages (created_at)
  where status = 'sending';

-- Each time an operator had one sent again.
create table broadcast_replays (
  id uuid primary key default gen_random_uuid(),
  provider_message_id uuid not null references broadcast_provider_messages (id),
  reason text not null,
  requested_by text not null,
  created_at timestamptz not null
);

create index broadcast_replays_message on broadcast_replays (provider_message_id);

-- Whether each way to a network works: real alerts are too rare to tell.
create table broadcast_link_tests (
  -- Its identifier.
  id uuid primary key,
  provider text not null check (provider in ('ee', 'three', 'o2', 'vodafone')),
  -- `ee-1-proxy`
  function text not null,
  message_number bigint,
  tested_at timestamptz not null,
  succeeded boolean not null,
  error text,
  duration_ms integer not null
);

create index broadcast_link_tests_function on broadcast_link_tests (function, tested_at);
